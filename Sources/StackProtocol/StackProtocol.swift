// StackProtocol: to come.
