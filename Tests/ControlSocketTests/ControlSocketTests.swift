// Tests of ControlSocket: to come.
