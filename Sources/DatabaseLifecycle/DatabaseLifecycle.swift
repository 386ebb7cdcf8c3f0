// DatabaseLifecycle: to come.
