// ProcessSupervision: to come.
