# What the system says of a file or folder of this computer.
io-not-found = it does not exist
io-not-allowed = you do not have the right to
io-read-only = the disk is read-only
io-full = the disk is full
io-exists = it is there already
io-is-folder = it is a folder
io-not-folder = something on the way there is a file, not a folder
io-not-text = it is not text
