// ControlSocket: to come.
