// Tests of Console: to come.
