reason-restricted-content = Dropbox has blocked this file at the demand of a rights holder or an authority, and hands it out to nobody. Nothing can be moved; ask Dropbox’s support if you think that this is wrong.
reason-other-format = Dropbox does not export it in the format that you chose, so it arrives in the nearest one that there is. Nothing to do.

login-no-code = No code was given. Begin again with: { $login }
    .window = No code was given. Begin again.

dropbox-listener = No connection from the browser back to this program could be prepared: { $cause }. Something else uses the ports 17645 to 17647 of this computer. Close it and begin again, or sign in with a code: { $login } --device
    .window = No connection from the browser back to this program could be prepared: { $cause }. Something else uses the ports 17645 to 17647 of this computer. Close it and begin again, or sign in with a code.
dropbox-unavailable = Dropbox has a trouble of its own at the moment. Start again later; what was done is kept.
dropbox-unreachable = There is no connection to Dropbox ({ $detail }). Check your internet connection, then start again; what was done is kept.
dropbox-protocol = What answers for Dropbox makes no sense ({ $detail }). Perhaps a hotspot or a company’s proxy is in between; try in another network.
dropbox-sign-in-again = The sign-in to Dropbox has ended ({ $detail }). Sign in again with: { $login }
    .window = The sign-in to Dropbox has ended ({ $detail }). Sign in again.
dropbox-unknown-client = Dropbox does not know this app key ({ $detail }). Compare it with “App key” in the App Console (https://www.dropbox.com/developers/apps), then sign in again with: { $login }
    .window = Dropbox does not know this app key ({ $detail }). Compare it with “App key” in the App Console, then sign in again.
dropbox-redirect-mismatch = Your Dropbox app does not let the browser come back to this computer. In the App Console, under “Redirect URIs”, add http://127.0.0.1:17645/, http://127.0.0.1:17646/ and http://127.0.0.1:17647/; then sign in again with: { $login }
    .window = Your Dropbox app does not let the browser come back to this computer. In the App Console, under “Redirect URIs”, add http://127.0.0.1:17645/, http://127.0.0.1:17646/ and http://127.0.0.1:17647/; then sign in again.
dropbox-admin-policy = The administrators of your Dropbox team do not allow this app. Ask them to allow it, under “Apps” in the admin console.
dropbox-scope-missing = Your Dropbox app may not do everything that is needed ({ $detail }). In the App Console, under “Permissions”, tick account_info.read, files.metadata.read, files.content.read and sharing.read, press “Submit”, then sign in again with: { $login }
    .window = Your Dropbox app may not do everything that is needed ({ $detail }). In the App Console, under “Permissions”, tick account_info.read, files.metadata.read, files.content.read and sharing.read, press “Submit”, then sign in again.
dropbox-no-refresh-token = Dropbox gave an access that ends after four hours. Begin again with: { $login }
    .window = Dropbox gave an access that ends after four hours. Begin again.
dropbox-suspended = The administrators of the Dropbox team have suspended this account. Ask them to let it in again; what was done is kept.
dropbox-not-allowed = Dropbox does not allow this to the account ({ $detail }). Ask the administrators of your Dropbox team, or sign in with another account.
dropbox-root-changed = The account has joined or left a Dropbox team meanwhile. Start again; what was done is kept.
dropbox-other = Dropbox refused ({ $detail }). Start again later; if it stays so, the technical log tells more.
