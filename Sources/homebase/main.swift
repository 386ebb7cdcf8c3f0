print("homebase")
