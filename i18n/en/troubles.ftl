# What stopped a command: what happened, and what to do next.
# $host is an address, $login the command that signs in again.

detail-none = no details

dav-unauthorized = { $host } does not accept this sign-in: the name or the password is wrong, or the app password was revoked. Sign in again with: { $login }
    .window = { $host } does not accept this sign-in: the name or the password is wrong, or the app password was revoked. Sign in again.
dav-account-disabled = The account on { $host } is disabled. Ask the person who runs it to enable it, then start again.
dav-app-password = { $host } takes app passwords only. Sign in with: { $login }
    .window = { $host } takes app passwords only. Sign in with the browser.
dav-brute-forced = { $host } refuses sign-ins from your internet address for a while, after too many wrong passwords (perhaps somebody else’s). Wait for 30 minutes, then start again.
dav-throttled = { $host } is overloaded and asks for a pause. Start again later; what was done is kept.
dav-maintenance = { $host } is in maintenance. Start again when it is over; the person who runs it knows when.
dav-login-page = At { $host } a login page answers and not a Nextcloud: perhaps that of a hotspot or of a company. Open the address in the browser, then start again.
dav-web-page = At { $host } there is a web page but no Nextcloud. In the browser, open your files in the Nextcloud and copy the address up to what stands before “/apps” or “/index.php”.
dav-not-nextcloud = What answers at { $host } is not a Nextcloud ({ $detail }). In the browser, open your files in the Nextcloud and copy the address up to what stands before “/apps” or “/index.php”.
dav-redirected = { $host } sends us on to { $to }. If that is the right place, write that address into the migration file.
    .window = { $host } sends us on to { $to }. If that is the right place, use that address instead.
dav-insecure = { $host } would be contacted without encryption, which is done to this computer only. Write https:// in the migration file.
    .window = { $host } would be contacted without encryption, which is done to this computer only. Write https:// before the address.
dav-certificate = The certificate of { $host } is not trusted ({ $detail }), so nothing was sent. Check the address and this computer’s date; if they are right, the person who runs the server must renew the certificate.
dav-unreachable = There is no connection to { $host } ({ $detail }). Check the address and your internet connection, then start again; what was done is kept.
dav-too-old = { $host } runs Nextcloud { $version }, but 28 or newer is needed. Ask the person who runs it to upgrade.
dav-untrusted-domain = The Nextcloud does not know itself under the address { $host }. Use the address that you see in the browser, or ask the person who runs it to add this one to its “trusted_domains”.
dav-not-found = { $host } has no such folder. Check “folder” in the migration file.
    .window = { $host } has no such folder. Check the name of the folder.
dav-full = { $host } has no space left. Make room or ask for more space, then start again.
dav-refused = { $host } refused a request ({ $detail }). The person who runs it can tell more.
dav-temporary = { $host } failed again and again ({ $detail }). Start again later; what was done is kept.
dav-protocol = { $host } gave an answer that makes no sense ({ $detail }). Start again; if it stays so, the technical log tells more.

login-program-refused = { $host } does not let this program sign in with the browser. Make an app password in its settings, under “Security”, and give it through TRANSHUMANCE_TARGET_PASSWORD or TRANSHUMANCE_SOURCE_PASSWORD.
    .window = { $host } does not let this program sign in with the browser. Ask the person who runs it to allow it.
login-expired = Nobody signed in within 20 minutes, so the sign-in was dropped. Begin again with: { $login }
    .window = Nobody signed in within 20 minutes, so the sign-in was dropped. Begin again.
login-cancelled = The sign-in was stopped; nothing was kept. Begin again with: { $login }
    .window = The sign-in was stopped; nothing was kept.
login-other-account = You signed in to { $host } as “{ $found }”, but the migration file says “{ $wanted }”. Sign out in the browser and begin again, or correct “user” in the migration file.
    .window = You signed in to { $host } as “{ $found }”, but this migration expects “{ $wanted }”. Sign out in the browser and begin again.

oauth-access-denied = The access was refused in the browser. If that was not meant, begin again with: { $login }
    .window = The access was refused in the browser. If that was not meant, begin again.
oauth-sign-in-again = The sign-in to Google has ended ({ $detail }). Sign in again with: { $login }
    If that happens every 7 days, your Google project is still in “Testing”: in the Google Cloud console, under “Audience”, press “Publish app”.
    .window = The sign-in to Google has ended ({ $detail }). Sign in again. If that happens every 7 days, your Google project is still in “Testing”: in the Google Cloud console, under “Audience”, press “Publish app”.
oauth-unknown-client = Google does not know this client id or client secret ({ $detail }). Compare both with the Google Cloud console, then sign in again with: { $login }
    .window = Google does not know this client id or client secret ({ $detail }). Compare both with the Google Cloud console, then sign in again.
oauth-deleted-client = The client id was deleted in the Google Cloud console (Google also does that after six months without use). Make a new one, write it into the migration file, then sign in with: { $login }
    .window = The client id was deleted in the Google Cloud console (Google also does that after six months without use). Make a new one, enter it at “From where”, then sign in.
oauth-admin-policy = The administrators of your Google Workspace do not allow this client id. Ask them to trust it, under “API controls” in the admin console.
oauth-org-internal = This client id is for the members of another organisation only. Make one of your own; the README says how.
    .window = This client id is for the members of another organisation only. Make one of your own; “From where” says how.
oauth-redirect-mismatch = This client id is not of the type “Desktop app”. Make one of that type; the README says how.
    .window = This client id is not of the type “Desktop app”. Make one of that type; “From where” says how.
oauth-secret-missing = The client secret is missing. Give it with: { $login }
    .window = The client secret is missing. Enter it at “From where”.
oauth-scope-missing = Nothing, or not everything that is needed, was ticked in the browser ({ $detail }). Begin again and tick everything: { $login }
    .window = Nothing, or not everything that is needed, was ticked in the browser ({ $detail }). Begin again and tick everything.
oauth-no-refresh-token = Google gave an access that ends after an hour. Begin again with: { $login }
    .window = Google gave an access that ends after an hour. Begin again.
oauth-other = Google refused the sign-in ({ $detail }). Begin again with: { $login }
    .window = Google refused the sign-in ({ $detail }). Begin again.
oauth-listener = No connection from the browser back to this program could be prepared: { $cause }. Start again; a firewall may be in the way.
oauth-unavailable = Google has a trouble of its own at the moment. Start again later; what was done is kept.
oauth-unreachable = There is no connection to Google ({ $detail }). Check your internet connection, then start again; what was done is kept.
oauth-protocol = What answers for Google makes no sense ({ $detail }). Perhaps a hotspot or a company’s proxy is in between; try in another network.

google-scope-missing = The sign-in does not cover everything that is to be moved. Sign in again and tick everything in the browser: { $login }
    .window = The sign-in does not cover everything that is to be moved. Sign in again and tick everything in the browser.
google-api-not-enabled = The “{ $api }” is not enabled in your Google project. Enable it here, wait a few minutes, then start again: { $link }
google-other = Google refused ({ $detail }). Start again later; if it stays so, the technical log tells more.

ledger-in-use = Another copy of the program is working on this migration. Wait for it to end, or stop it, then start again.
ledger-newer = The state of this migration ({ $path }) was written by a newer version of the program. Use that version, or a newer one.
ledger-damaged = The state of this migration was damaged and was set aside as { $kept }; nothing of it was deleted. Start again: the survey begins anew, and what has arrived already is found and kept.
ledger-not-writable = The state of this migration ({ $path }) cannot be written: { $cause }. Give yourself the right to write there, or name another folder with --data-dir.
    .window = The state of this migration ({ $path }) cannot be written: { $cause }. Give yourself the right to write there, then try again.
ledger-disk-full = The disk that holds { $path } is full. Make room, then start again; what was done is kept.
ledger-database = The state of this migration ({ $path }) cannot be used ({ $detail }). Check that the disk works and has room, then start again.

source-unauthorized = The source does not accept this sign-in ({ $detail }). Sign in again with: { $login }
    .window = The source does not accept this sign-in ({ $detail }). Sign in again.
source-unreadable = The folder of the source cannot be read: { $cause }. Give yourself the right to read it, or plug in the disk that it is on.
source-forbidden = The source does not let this account read it ({ $detail }). Ask the owner for access, then start again.
source-gone = The source is no longer there. Check its address or path in the migration file.
    .window = The source is no longer there. Check its address or path at “From where”.
source-temporary = The source failed again and again ({ $detail }). Start again later; what was done is kept.
source-unreachable = There is no connection to the source ({ $detail }). Check your internet connection, then start again; what was done is kept.
source-protocol = The source gave an answer that makes no sense ({ $detail }). Start again; if it stays so, the technical log tells more.

engine-cancelled = Stopped as you asked; nothing is lost. The same command goes on where it stopped.
    .window = Stopped as you asked; nothing is lost. You can go on where it stopped.
engine-not-surveyed = Nothing was surveyed yet, so nothing can be decided offline. Begin with: transhumance survey { $file }
    .window = Nothing was surveyed yet, so nothing can be decided offline.
engine-exclude = A pattern in “exclude” cannot be used ({ $detail }). Correct it in the migration file.
    .window = A pattern of what is left out cannot be used ({ $detail }). Correct it at “What”.
engine-stopped-early = { $why }
    What was done is kept; the same command goes on where it stopped.
    .window = { $why } What was done is kept; you can go on where it stopped.
engine-internal = The program met something that it does not understand ({ $detail }). What was done is kept; start again, and if it stays so, please report it with the technical log.
secret-source-password = The password of the source { $host } is not known. Sign in with: { $login }
    .window = The password of the source { $host } is not known. Sign in at “From where”.
secret-source-client-secret = The client secret of your Google client id is not known. Give it with: { $login }
    .window = The client secret of your Google client id is not known. Enter it at “From where”.
secret-source-refresh-token = You are not signed in at the source yet. Sign in with: { $login }
    .window = You are not signed in at the source yet. Sign in at “From where”.
secret-target-password = The password of { $host } is not known. Sign in with: { $login }
    .window = The password of { $host } is not known. Sign in at “To where”.
secret-not-text = A secret that was given is not a text, or is far too long. Check the environment variable or “password_command”.
password-command-failed = The command in “password_command” did not work ({ $detail }). Try it by hand, then correct the migration file.
password-command-silent = The command in “password_command” printed nothing. Try it by hand, then correct the migration file.

vault-no-keychain = This computer has no keychain that could keep the sign-in. Set a passphrase of your choice in TRANSHUMANCE_VAULT_PASSPHRASE, here and whenever you start the program, or give the secrets by environment variables; the README lists them.
    .window = This computer has no keychain that could keep the sign-in. Choose a passphrase: it will protect the kept sign-ins, and the program will ask you for it whenever it starts.
vault-locked = The keychain of this computer is locked or refused the access. Unlock it, then start again.
vault-key-missing = The keychain no longer has the key of the kept sign-ins ({ $path }). Sign in again with “transhumance login”.
    .window = The keychain no longer has the key of the kept sign-ins ({ $path }). Sign in again.
vault-passphrase-needed = The kept sign-ins are protected by a passphrase. Set it in TRANSHUMANCE_VAULT_PASSPHRASE, then start again.
    .window = The kept sign-ins are protected by a passphrase. Enter it to go on.
vault-wrong-passphrase = The passphrase in TRANSHUMANCE_VAULT_PASSPHRASE does not open { $path }. Correct it, then start again.
    .window = This passphrase does not open { $path }. Check it, then try again.
vault-damaged = The kept sign-ins ({ $path }) are damaged. Move that file away, then sign in again with “transhumance login”.
    .window = The kept sign-ins ({ $path }) are damaged. Move that file away, then sign in again.
vault-io = The kept sign-ins ({ $path }) cannot be used: { $cause }. Give yourself the right to, or make room, then start again.
