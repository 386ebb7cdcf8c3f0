// Tests of StackRuntime: to come.
