# Help. Every command and every option has a line: "help-", the command, the option.
help-about = Moves an association’s files from Google Drive, OneDrive, SharePoint, another Nextcloud or a folder into a Nextcloud, with a preview before and a proof after.
help-usage = Usage:
help-commands = Commands
help-command = COMMAND
help-arguments = Arguments
help-options = Options
help-value-file = FILE
help-value-dir = DIR
help-data-dir = Where the program keeps its state, instead of the usual place
help-lang = The language: fr or en (otherwise the system’s)
help-json = One JSON object per line on standard output, for scripts; the last one is the summary
help-quiet = Says nothing but what goes wrong
help-verbose = Shows the technical log on standard error too
help-help = Shows this help
help-version = Shows the version
help-file = The migration file (“transhumance init” makes one)

help-init = Writes a migration file to fill in
help-practice = Rehearses a whole migration on this computer, with practice servers
help-practice-serve = Runs only the practice servers, until Ctrl-C
help-practice-ready = With --serve: where their addresses and logins are written to, as JSON, when they are ready
help-practice-seed = Which made-up association: the same number gives the same files and the same faults (1)
help-practice-items = How many files and folders it has, roughly (300)
help-practice-tiny = Only tiny files in the clouds
help-practice-film = With --serve: one more file at the top of each cloud, so large
help-practice-events = How many events its Google calendars have, besides those that are there for the exercise (a quarter of the files)
help-practice-contacts = How many contacts its Google account has, likewise (an eighth of the files)
help-practice-faults = How often the servers misbehave: off, some, many, or a share between 0 and 1 (some)
help-practice-latency = How many milliseconds longer each answer takes (0)
help-practice-nextcloud-quota = How much room the practice Nextcloud has, such as "20 MB" (no limit)
help-practice-google-port = The port of the practice Google (any free one)
help-practice-nextcloud-port = The port of the practice Nextcloud (any free one)
help-practice-fresh = Begins anew instead of going on where the last practice stopped
help-value-faults = HOW
help-value-size = SIZE

help-login = Signs in at the source or at the target
help-login-end = Which end: source or target
help-login-revoke = Takes the access back instead

help-survey = Lists everything at both ends; nothing is moved
help-preview = Decides what becomes of every item and says so; nothing is moved
help-preview-offline = From the last survey, without the network
help-move = Moves; goes on where it was stopped
help-verify = Looks again at everything that arrived
help-report = Gives the account of every item
help-status = Says how far the migration has come

# Wrong usage.
usage-no-command = Say what to do. { $commands }
    “transhumance --help” explains each command; “transhumance init FILE” is the way to begin. The window comes with a later version.
usage-unknown = “{ $arg }” is not known here.
usage-unknown-command = There is no command “{ $name }”.
usage-commands = The commands are: { $names }.
usage-missing = Something is missing: { $arg }.
usage-missing-value = “{ $arg }” needs a value.
usage-bad-value = “{ $value }” does not work for { $arg }.
usage-conflict = “{ $arg }” does not go with the rest of the command, or is there twice.
usage-other = This command cannot be understood.
usage-allowed = What works: { $values }.
usage-did-you-mean = Did you mean “{ $meant }”?
usage-help = Add “--help” to see what the command takes.

# transhumance init
init-done = { $path } is there, commented. Fill in the source and the target, then see what is found with: transhumance survey { $path }
init-exists = { $path } is there already and was not touched. Choose another name, or remove the file first.
init-unwritable = { $path } could not be written: { $cause }. Choose a folder where you may write.
init-head = A migration for Transhumance: what moves, from where to where.
    It holds no password: “transhumance login” keeps those in the system’s keychain.
    To go on: transhumance login, then survey, preview, move, verify and report.
init-name = What you call this migration; reports show it.
init-example-name = AMAP du Canard bleu
init-kind = Where the files are: “google”, “microsoft”, “nextcloud” or “folder”.
init-client-id = For Google: the client id that you made in the Google Cloud console. README.md says how, step by step.
init-source-nextcloud = For another Nextcloud, instead of the two lines above (an empty folder: everything):
init-source-folder = For a folder of this computer, instead:
init-source-takeout = For an archive from takeout.google.com, instead; one of its parts is enough, the others are found beside it:
init-password-command = On a machine without a keychain, a command that prints the password:
init-target-url = The address of your Nextcloud. It must begin with https://
init-target-user = The account there.
init-target-folder = The folder there in which the files arrive; "" is the top.
init-files = What is taken along. Nothing is ever changed or deleted at the source.
init-shared-with-me = Google: copies of what other people shared with you, in a folder of their own.
init-shared-drives = Google: the shared drives. Dropbox: the folders of the team.
init-received-shares = Nextcloud: copies of what other people shared with the account.
init-external-storage = Nextcloud: storage of elsewhere that the administrator connected.
init-exclude = What stays behind: patterns for paths at the source.
init-documents = What Google’s own documents become: “odf” (LibreOffice), “ooxml” (Microsoft Office) or “pdf”.
init-on-conflict = When something else of the same name is in the Nextcloud already:
    “keep-both” (the arriving file gets a number), “skip” or “replace-older” (the old one stays among the versions).
init-bandwidth = To leave room on the line for others:

# transhumance login
login-open = Sign in in the browser that opens now. If none opens, copy this address into one:
    { $url }
login-ask-client-secret = Client secret (Google Cloud console, “Clients”; it is not shown while you type):{" "}
login-done = Signed in to { $host }.
login-without-files = The box for Drive was not ticked: files will not move. To take them along, sign in again and tick it.
login-without-calendars = The box for the calendars was not ticked: they will not move. To take them along, sign in again and tick it.
login-without-contacts = The box for the contacts was not ticked: they will not move. To take them along, sign in again and tick it.
login-without-other-contacts = The box for the “other contacts” was not ticked: they will not move. To take them along, sign in again and tick it.
login-without-tasks = The box for the tasks was not ticked: they will not move. To take them along, sign in again and tick it.
login-without-something = A box was not ticked: what belongs to it will not move. To take it along, sign in again and tick everything.
login-revoked = The access to { $host } is taken back and forgotten.
login-not-needed = A folder needs no sign-in.
login-vault-set-aside = The keychain no longer had the key of the sign-ins kept earlier. They are set aside as { $path }; new ones are kept from now on.
browser-done = You are signed in
browser-done-text = Transhumance may now read your files. You can close this page and go back to the terminal.
    .window = Transhumance may now read your files. You can close this page and go back to Transhumance.
browser-failed = The sign-in did not work
browser-failed-text = You can close this page; the terminal says what to do.
    .window = You can close this page and go back to Transhumance, which says what to do.

# Ctrl-C
stop-asked = Stopping: what is under way is being parked… (Ctrl-C once more stops at once.)
stop-login = Stopping the sign-in…
stop-servers = Stopping the practice servers…

# transhumance practice
practice-begin = A practice migration: the messy Drive of an imaginary association moves into a practice Nextcloud. Nothing of it is real, and nothing leaves this computer.
practice-google = Practice Google: { $url } ({ $account })
practice-nextcloud = Practice Nextcloud: { $url } (user { $user }, password { $password })
practice-old-nextcloud = Old practice Nextcloud: { $url } (user { $user }, password { $password })
practice-serving = The servers run until Ctrl-C.
practice-in-use = Another practice is running with the same data directory. Wait for it to end, stop it, or name another folder with --data-dir.
practice-no-port = The practice servers cannot listen: { $cause }. Something else uses their port; begin anew with --fresh ({ $path }).
    .window = The practice servers could not open their port: { $cause }. Another program uses it; start over.
practice-unwritable = { $path } could not be written: { $cause }. Make room, or choose a folder where you may write.
practice-failures = These failures belong to the exercise: the practice Drive holds such files on purpose, as real ones do.
practice-end = The practice is over. What it kept is in { $path }; the next practice begins anew. For the real thing: transhumance init FILE

init-source-microsoft = For OneDrive, SharePoint and Teams, instead: the client id (“Application ID”) that you made in the Microsoft Entra admin center. README.md says how, step by step.
init-source-dropbox = For Dropbox, instead: the app key that you made in Dropbox’s App Console. README.md says how, step by step.
init-tenant = Whose account it is: “consumers” (a personal one), “organizations” (work or school), or your organisation’s own domain. Without this line, any.
init-sites = SharePoint sites and teams to take along besides your own OneDrive. “transhumance sites” lists them; work and school accounts only.
practice-microsoft = Practice Microsoft: { $url } ({ $account })
help-login-device = Microsoft and Dropbox: signs in with a code in a browser elsewhere, for computers without one
help-practice-microsoft-port = The port of the practice Microsoft (any free one)
help-practice-microsoft-account = Whose account the practice Microsoft has: work or personal (work)
help-value-account = ACCOUNT
help-sites = Lists the SharePoint sites and teams that can be taken along (Microsoft)
login-device = Open { $url } in a browser on any computer or phone, and enter this code within { $minutes } minutes:

        { $code }
login-no-device = Only Microsoft and Dropbox can be signed in to with a code. Leave “--device” out.
sites-team = { $name } (team): { $address }
sites-site = { $name }: { $address }
sites-done =
    { $n ->
        [0] This account sees no site and no team.
        [one] { $n } site. To take it along, write its address into “sites” of the migration file.
       *[other] { $n } sites. To take some along, write their addresses into “sites” of the migration file.
    }
sites-only-microsoft = Only Microsoft has sites. The source of { $file } is another one.
sites-need-tenant = Personal accounts have no sites, and { $file } does not say that this is a work or school account. Write tenant = "organizations" into its section [source], sign in again with “transhumance login”, then start again.
practice-dropbox = Practice Dropbox: { $url } ({ $account })
help-practice-dropbox-port = The port of the practice Dropbox (any free one)
login-ask-code = The code that Dropbox shows at the end:{" "}
