// StackRuntime: to come.
