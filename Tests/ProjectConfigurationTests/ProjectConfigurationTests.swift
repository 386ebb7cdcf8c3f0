// Tests of ProjectConfiguration: to come.
