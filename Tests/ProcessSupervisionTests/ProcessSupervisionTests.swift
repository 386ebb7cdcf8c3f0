// Tests of ProcessSupervision: to come.
