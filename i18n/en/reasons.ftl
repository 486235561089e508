# Why an item got its decision or its outcome: what happened, and what to do next.
# The keys are "reason-" and the code that the ledger and the reports keep.

reason-same-content = Your Nextcloud already has exactly this file. Nothing to do.
reason-same-size-and-date = Your Nextcloud already has a file of this name, size and date. Open it if you want to be sure that it is the right one.
reason-folder-exists = The folder is there already. Nothing to do.
reason-already-moved = It was moved before and has not changed since. Nothing to do.
reason-edited-at-target = Somebody has edited it in your Nextcloud since it was moved; that newer version stays. Nothing to do.
reason-moved-at-target = Somebody has renamed or moved it in your Nextcloud since it arrived; it stays where it is now. Nothing to do.
reason-deleted-at-target = Somebody has deleted it in your Nextcloud since it arrived, so it is not brought back. To have it again, restore it from the trash of your Nextcloud.
reason-changed-at-source = It has changed at the source since it was moved; the new version replaces the old one, which your Nextcloud keeps among the file’s versions.
reason-name-taken = Your Nextcloud has something else of this name in this place. What is done about it is the setting “on_conflict” of the migration file.
    .window = Your Nextcloud already has something else of this name there. What is done in that case is chosen at “What”.
reason-changed-on-both-sides = It has changed at the source and in your Nextcloud since it was moved. Compare the two versions and keep the right one.

reason-excluded = It matches a pattern in “exclude” of the migration file. To take it along, remove the pattern.
    .window = It matches a pattern of what is left out. To take it along, remove that pattern at “What”.
reason-files-not-chosen = Files are not taken along in this migration. To change that, set “files = true” in the migration file.
    .window = This migration does not take files along. To take them along, tick them at “What”.
reason-not-chosen = You did not tick it. If you want it, tick it in the list of what to move, and look at the preview again.
reason-shared-with-me = It belongs to somebody else, who shared it with you. To take a copy along, set “shared_with_me = true” in the migration file.
    .window = It belongs to somebody else, who shared it with you. To take a copy along, tick what is shared with you at “What”.
reason-shared-drive-not-chosen = It lies in a shared drive. To take shared drives along, set “shared_drives = true” in the migration file.
    .window = It lies in a shared drive. To take shared drives along, tick them at “What”.
reason-received-share = Somebody else shared it with this account. To take a copy along, set “received_shares = true” in the migration file.
    .window = Somebody else shared it with this account. To take a copy along, tick received shares at “What”.
reason-external-storage = It lies on a storage that is only connected to the old Nextcloud. To take it along, set “external_storage = true” in the migration file.
    .window = It lies on storage that is only mounted into the old Nextcloud. To take it along, tick external storage at “What”.
reason-shortcut-target-moved = It is a shortcut to something that is moved in its own place, so it is not copied twice. Nothing to do.
reason-folder-left-out = The folder it lies in is left out, and so is all that it holds. See why the folder is left out.

reason-shortcut-dangling = It is a shortcut to something that no longer exists or that you may no longer see. Nothing can be moved; ask the owner if you miss it.
reason-shortcut-loop = It is a shortcut that leads back to itself. Nothing can be moved; delete it at the source if you like.
reason-symbolic-link = It is a symbolic link; links are not followed, lest something be copied twice or without end. If what it points to is needed, copy that into the folder.
reason-special-file = It is not a file but a part of the system (a socket, a pipe or a device). Nothing to do.
reason-download-forbidden = Its owner does not allow downloads. Ask the owner for permission or for a copy, then start again.
reason-flagged-as-abuse = Google considers this file harmful and does not hand it out. If you trust it, download it by hand in the browser and put it into your Nextcloud.
reason-not-exportable = This kind of document cannot be exported. Open it at the source and save it by hand as a file.
reason-unreadable = The system does not let this file be read. Check its permissions, then start again.
reason-archive-part-damaged = This part of the archive is damaged; what lies behind the damage cannot be read. Download the part again from takeout.google.com, put it in the place of this one, and list again.
reason-archive-part-missing = This part of the archive is not beside the others. Download it from takeout.google.com, put it beside them, and list again.
reason-end-to-end-encrypted = This folder is end-to-end encrypted: only its owner’s desktop and mobile apps can read it. Copy its content yourself, from one of them.

reason-no-space = It does not fit into your Nextcloud. Make room or ask for more space, then start again.
reason-path-too-long = The path down to this item is too long for your Nextcloud. Shorten the names of the folders above it at the source, then start again.

reason-source-unauthorized = The sign-in at the source is no longer valid. Sign in again with “transhumance login”, then start again.
    .window = The sign-in at the source is no longer valid. Sign in again at “From where”, then try again.
reason-source-gone = It was deleted at the source after the survey. Nothing to do.
reason-source-forbidden = The source does not let this account read it. Ask its owner for access, then start again.
reason-source-changed = It kept changing while it was read. Start again when nobody is working on it.
reason-source-unavailable = The source could not be reached or failed again and again. Start again later.
reason-download-quota = Too many people have downloaded this file lately, and Google blocks it for up to a day. Start again tomorrow.
reason-target-refused = Your Nextcloud refused it. The details say what it answered; the person who runs it can tell more.
reason-target-unavailable = Your Nextcloud could not be reached or failed again and again. Start again later.
reason-target-full = Your Nextcloud is full. Make room or ask for more space, then start again.
reason-target-locked = Your Nextcloud keeps this place locked: somebody may be working on it. Start again in a while.
reason-target-too-large = The file is larger than your Nextcloud accepts. Ask the person who runs it to raise the limit, then start again.
reason-target-taken = Something of this name appeared in your Nextcloud after the preview; it was not touched. Make a new preview, then start again.
reason-target-changed = It changed in your Nextcloud after the preview; it was not touched. Make a new preview, then start again.
reason-hash-mismatch = What arrived was not what left, several times over, so it does not count as moved. Start again; if it happens again, the disk or the network on the way is damaged.
reason-parent-failed = The folder that it belongs into could not be made. See why the folder failed, then start again.

# Why an item has another name at the target. The keys are "name-" and the code.
name-forbidden = Your Nextcloud does not allow this name or a character in it; it was replaced.
name-control-characters = Invisible characters were removed from the name.
name-trimmed = Spaces at the ends or dots at the end of the name were removed.
name-too-long = The name was too long and was shortened; its ending is kept.
name-duplicate = Another item in the folder has the same name, so this one got a number.
name-case-duplicate = Another item’s name differs only in capital letters, which Windows and macOS cannot tell apart, so this one got a number.
name-normalised = The name looks the same but its accents are now written in the usual way.
name-not-unicode = The name was not readable text; what could be read is kept.
name-extension = The ending of the new file format was added.
name-empty = It had no name, so it got one.
name-taken-at-target = Your Nextcloud already has something else of this name, so this one got a number.
