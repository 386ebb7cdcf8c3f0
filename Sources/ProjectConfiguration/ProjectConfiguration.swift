// ProjectConfiguration: to come.
