# Dropbox: the app key, then the sign-in.
dropbox-why = Dropbox wants to know which program reads your files. So you are going to make an “app” with a key of its own: it costs nothing and takes about five minutes. Keep this window beside your browser.
dropbox-have-key = I have an app key already
dropbox-console = The App Console
dropbox-step-app = Create the app
dropbox-step-app-words = Open the page and sign in with the account to move.
    1: choose “Scoped access”. 2: choose “Full Dropbox”, else the program would see nothing. 3: give it a name that nobody has yet, such as that of your association with the word “move”; Dropbox refuses names with “Dropbox” in them.
    Accept the terms and click “Create app”.
dropbox-step-redirects = Let the browser come back
dropbox-step-redirects-words = In the tab “Settings”, look for “Redirect URIs”. Enter each of these three addresses there and click “Add” after each. “Allow public clients” stays on “Allow”.
dropbox-step-permissions = Tick the permissions
dropbox-step-permissions-words = In the tab “Permissions”, tick { $permissions }. All of them only read.
    Then click “Submit” at the bottom: without it nothing is kept.
dropbox-step-key = Give the app key to the program
dropbox-step-key-words = Back in the tab “Settings”, copy what is written beside “App key” and paste it here. The “App secret” is not needed; keep it to yourself.
dropbox-key = App key
dropbox-key-help = 15 small letters and digits. It is not secret.
dropbox-key-wrong = This is no app key: it has small letters and digits only, about 15. Copy what is written beside “App key”.
dropbox-key-go = Go on with this key
dropbox-key-there = The app key is there
dropbox-other-key = Change the key
dropbox-sign-in-words = Now sign in with the account whose files are to move. All of it happens in your browser; the program never sees your password. As long as your app says “Development”, only few accounts can use it: your own always can.
dropbox-sign-in = Sign in to Dropbox
dropbox-by-paste = On another device, with a code
dropbox-checking = Checking the Dropbox account…
dropbox-waiting-words = Sign in and click “Allow”. Where Dropbox warns that the app is used by few people: that is as it should be, it is your own. This page then goes on by itself.
dropbox-stuck = Does Dropbox show an error?
dropbox-stuck-help =
    “Invalid redirect_uri”: one of the three addresses is missing in the app, or has a slip of the pen. See step 2.
    “Invalid scope”: a permission is not ticked, or “Submit” was not clicked. See step 3.
    “Invalid client_id”: the app key is another one. Cancel, and change the key.
dropbox-paste-words = Open this page in any browser, sign in and click “Allow”. Dropbox then shows a code: copy it from there to here.
dropbox-code = The code that Dropbox shows
dropbox-code-help = It can be used once, and for a few minutes.
dropbox-code-go = Go on with this code
dropbox-signed-out = The sign-in to Dropbox is no longer kept on this computer. Sign in again.
dropbox-connected = Signed in to Dropbox
dropbox-what = The files of this account will be read, with the shared folders among them.
dropbox-what-team = It belongs to the team “{ $team }”: the team’s folders that it sees will be read, too.
dropbox-read-only = Read-only. At the end you can take this access back, from the report.
dropbox-practice-words = This is the rehearsal’s make-believe Dropbox. You can go on, or practise signing in.
