# What is wrong with a migration file; the file and the line stand before it.
file-unreadable = the migration file cannot be read: { $what }. Check the name, or make a file with “transhumance init”.
file-syntax = this is not written as a migration file must be ({ $what }). A text stands between quotation marks ("…") and a key stands before an equals sign; compare with a file that “transhumance init” writes.
file-unknown-key = “{ $what }” is not a setting of this section. Check its spelling, or remove the line; “transhumance init” writes a file with all settings.
file-missing-key = the setting “{ $what }” is missing in this section. Add it; “transhumance init” writes a file with all settings.
file-wrong-value = this value does not work here ({ $what }). Compare with a file that “transhumance init” writes.
file-wrong-choice = “{ $what }” is not one of the choices. Write one of these: { $allowed }.
file-wants-boolean = this setting is a yes or a no. Write true or false, without quotation marks.
file-wants-text = this setting is a text. Write it between quotation marks: "…".
file-wants-list = this setting is a list. Write it between brackets: ["…", "…"].
file-wants-section = this is a section. Write its name between brackets on a line of its own, and its settings below.
file-unknown-kind = there is no source of the kind “{ $what }”. Write "google", "microsoft", "dropbox", "nextcloud", "folder" or "takeout".
file-foreign-key = “{ $what }” does not belong to a source of the kind “{ $kind }”. Remove the line, or correct the kind.
file-bad-url = “{ $what }” is not the address of a site. Copy it from the browser: it begins with https:// and has nothing after a “?” or a “#”.
file-insecure-url = “{ $what }” would send passwords and files without encryption. Write https:// instead; http:// works only for this computer itself.
file-secret-in-url = “{ $what }” was written with a password in it; a migration file holds no secret. Remove it from the address, then run “transhumance login”.
file-endpoint = “endpoint” is for the practice servers on this computer and cannot be “{ $what }”. Remove the line to use the real service.
file-bad-rate = “{ $what }” is not a speed. Write a number and a unit, such as "5 MB/s" or "800 kB/s".
file-bad-pattern = “{ $what }” is not a pattern. Write a path with * or ** in it, such as "**/*.tmp".
file-bad-folder = “{ $what }” is not a folder inside the Nextcloud. Write its path without “..” or backslashes, such as "Archives/Drive"; "" is the top.
file-missing-archive = there is no archive at { $what }. Give one part of the archive (its other parts are found beside it), the folder that holds them, or the folder that you unpacked it into.
file-missing-folder = the folder { $what } does not exist. Correct the path, or plug in the disk that it is on.

# What the system says of a file or folder of this computer.
io-not-found = it does not exist
io-not-allowed = you do not have the right to
io-read-only = the disk is read-only
io-full = the disk is full
io-exists = it is there already
io-is-folder = it is a folder
io-not-folder = something on the way there is a file, not a folder
io-not-text = it is not text

# The data directory.
data-dir-unknown = No place was found to keep the migration’s state. Name a folder with --data-dir.
data-dir-unwritable = The migration’s state cannot be kept in { $path }: { $cause }. Make room or give yourself the right to write there, or name another folder with --data-dir.
    .window = The state of the migration cannot be kept in { $path }: { $cause }. Make room, or give yourself the right to write there.
file-bad-tenant = “{ $what }” cannot be a tenant. Write "organizations", "consumers", or your organisation’s domain, such as "canard.onmicrosoft.com".
