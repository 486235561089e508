# From where: what all sources have in common.
source-title = Where does your data come from?
source-lead = The program only reads there, it never writes.
source-kinds = Where does your data come from?
source-google = Google Drive
source-google-help = The files, calendars, contacts and tasks of a Google account, read straight from Google.
source-microsoft = Microsoft OneDrive, Outlook, Teams
source-microsoft-help = The files, calendars, contacts and tasks of a Microsoft account, and the files of SharePoint sites and Teams.
source-dropbox = Dropbox
source-dropbox-help = The files of a Dropbox account and of its team, read straight from Dropbox.
source-nextcloud = Another Nextcloud
source-nextcloud-help = The files, calendars, contacts and tasks of an account on another Nextcloud server.
source-folder = A folder on this computer
source-folder-help = What is here already, on an external disk or a network share.
source-takeout = A Google Takeout archive
source-takeout-help = .zip or .tgz files that Google made because you asked for them.
source-other = Change
source-other-name = Choose another place to start from
source-name = Name of this move (optional)
source-name-help = To find it again later, such as the association’s name.

# The steps before a sign-in.
guide-step = { $n }. { $title }
guide-done = Done, next step
guide-copy = Copy
guide-copy-of = Copy: { $what }
account-practice-key = Take the rehearsal’s key
account-beginning = Preparing the sign-in…
account-check-again = Check again
account-other = Sign in with another account

# A folder.
source-folder-choose = Choose a folder…
source-folder-pick = The folder to move
source-folder-path = Where the folder is
source-folder-path-help = You can also type or paste it here, for instance when no window opens.
source-folder-missing = There is nothing at this place: { $what }. Check the spelling, or plug the disk in.
source-folder-file = { $what } is a file. Choose the folder that holds it.
source-folder-unreadable = This folder cannot be read: { $cause }. Give yourself the right to read it, or choose another one.
source-folder-empty = This folder is empty: there will be nothing to move.
source-folder-found =
    { $n ->
        [one] Folder found, with { $n } item.
       *[other] Folder found, with { $n } items.
    }

# Google Takeout.
takeout-words = If there is no archive yet: ask Google for it, tick “Drive” only, and download all of its parts into one folder. Google takes from a few minutes to a few days to make it.
takeout-choose = Choose the archives…
takeout-choose-folder = Choose the unpacked folder…
takeout-pick = The parts of the archive
takeout-pick-folder = The archive’s folder
takeout-archives = Archives
takeout-path = Where the archive is
takeout-path-help = One of its parts is enough: the others are found beside it. There is no need to unpack anything.
takeout-missing = There is nothing at this place: { $what }. Check the spelling, or plug the disk in.
takeout-nothing = This folder has neither a Takeout archive (takeout-….zip) nor a folder named “Takeout”. Choose the one that your downloads went to.
takeout-unpacked = An unpacked archive is there.
takeout-parts =
    { $n ->
        [one] { $n } part found
       *[other] { $n } parts found
    }
takeout-parts-help = Compare with Google’s page: whether the last part is missing can only be seen there.
takeout-part-damaged = incomplete or damaged: download it again
takeout-part-missing = missing
takeout-gaps =
    { $n ->
        [one] { $n } part is missing: { $names }. Download it into the same folder, or its files will not be moved.
       *[other] { $n } parts are missing: { $names }. Download them into the same folder, or their files will not be moved.
    }
takeout-astray = Not of the same archive, or not in the same folder: { $names }. One archive for each move; put all of its parts together.
