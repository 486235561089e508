# Google: the client id, then the sign-in.
google-key-why = Google wants to know which program reads your files. So you are going to make a key for it (a “client id”): it costs nothing, takes about ten minutes, and is done only once. Keep this window beside your browser.
google-have-key = I have a key already
google-step-project = Create a project
google-step-project-words = Open the page with the Google account to move. Type a project name, such as “Move”, leave the rest as it is and click “Create” (in French: « Créer »).
    If Google first asks you to accept its terms: tick and go on. No bank card is needed.
google-step-api = Enable the APIs
google-step-api-words = Make sure that your project is chosen at the top of the page, then click “Next” (« Suivant ») and “Enable” (« Activer »). The page names the Google Drive API, Google Calendar API, CalDAV API, People API and Tasks API: they serve to read files, calendars, contacts and tasks.
google-step-consent = Introduce the app
google-step-consent-words = Click “Get started” (« Premiers pas » or « Commencer »).
    “App name”: that of your association, without the word “Google”. “User support email”: yours.
    “Audience”: “External” (« Externe »). Only Google Workspace accounts can take “Internal” (« Interne »), and then step 4 is not needed.
    “Contact information” (« Coordonnées »): your address again. Agree to the policy, then “Create” (« Créer »).
google-step-publish = Publish the app
google-step-publish-words = In “Audience”, click “Publish app” (« Publier l’application »), then “Confirm” (« Confirmer »). The status becomes “In production” (« En production »).
    This matters: while it says “Testing” (« Test »), Google ends the access after 7 days, maybe in the middle of the move. Publishing makes nothing public: nobody else has your key.
google-step-client = Create the key
google-step-client-words = In “Clients”, click “Create client” (« Créer un client »).
    “Application type”: “Desktop app” (« Application de bureau »), not “Web application”. The name is up to you. Click “Create” (« Créer »).
    In the window that opens, click “Download JSON” (« Télécharger JSON »): Google shows the client secret at this moment only.
google-step-key = Give the key to the program
google-step-key-words = Open the file that you have just downloaded; its name begins with “client_secret”.
google-pick = The file client_secret….json
google-open-file = Open the file…
google-by-hand = Type it instead
google-by-file = Give the file instead
google-paste = Or paste what is in the file
google-paste-help = The program knows the file by itself and keeps the key safe.
google-id = Client ID
google-id-wrong = A client id ends with .apps.googleusercontent.com. Copy all of it.
google-swapped = The client id and the client secret seem to be swapped: it is the secret that begins with GOCSPX-.
google-secret = Client secret
google-secret-help = It is kept safe on this computer and sent to nobody but Google.
google-key-go = Go on with this key
google-file-not-json = This is no key file, or a piece of it is missing. Open the downloaded file, select all, copy and paste.
google-file-web = This key is of the type “Web application”. It has to be of the type “Desktop app”: go back to step 5 and create another client.
google-file-service = This is the key of a service account. It has to be that of a client of the type “Desktop app”: see step 5.
google-file-else = There is no client id of Google in this file. At step 5, take the one that “Download JSON” gives.
google-file-no-secret = There is no client secret in this file: Google gives it only when the client is created. In “Clients”, open yours, “Add secret” and type it by hand, or create a new client.
google-file-unreadable = This file cannot be read: { $cause }.
google-key-there = The key is there
google-other-key = Change the key
google-sign-in-words = Now sign in with the account whose files are to move. All of it happens in your browser; the program never sees your password.
google-unverified-words = Google will warn that the app is not verified. That is as it should be, it is your own: click “Advanced”, then “Go to …” and allow reading Drive.
google-sign-in = Sign in to Google
google-sign-in-again = Sign in again
google-checking = Checking the Google account…
google-waiting-words = Choose your account and allow reading Google Drive. This page then goes on by itself.
google-stuck = Does Google show an error or a warning?
google-stuck-which = What does Google’s page say?
google-stuck-unverified = “Google hasn’t verified this app”
google-stuck-unverified-help = That is as it should be: the app is your own. Click “Advanced”, then “Go to …”.
google-stuck-denied = “Access blocked”, error 403: access_denied
google-stuck-denied-help = The app is still in testing and your account is not among the testers. Publish it (step 4), then start again.
google-stuck-type = Error 400: redirect_uri_mismatch
google-stuck-type-help = The key is of the type “Web application”. Cancel, then create one of the type “Desktop app” (step 5).
google-stuck-client = Error 401: invalid_client or deleted_client
google-stuck-client-help = Google does not know this key, or no longer. Cancel, then take it again from “Clients”, or create a new one (step 5).
google-stuck-admin = Error 400: admin_policy_enforced
google-stuck-admin-help = The rules of your Google Workspace ask for its administrator’s consent. Send this message, wait for the answer, then start again.
google-stuck-internal = Error 403: org_internal
google-stuck-internal-help = The key is for the members of another organisation only. Create your own with the account to move, or choose “External” in “Audience”.
google-letter-copy = Copy a message for the administrator
google-letter = Hello, to move our files out of Google Drive, I need you to allow an app to read them. In the Admin console ({ $page }), under “Security”, “Access and data control”, “API controls”, “Manage third-party app access”: add the app with the client id { $id } and approve it. The only access that it asks for is https://www.googleapis.com/auth/drive.readonly. Thank you!
google-signed-out = The sign-in to Google is no longer kept on this computer. Sign in again.
google-testing =
    { $n ->
        [one] Your Google project is still in “Testing”: Google will end the access in { $n } day. Publish the app, then sign in again.
       *[other] Your Google project is still in “Testing”: Google will end the access in { $n } days. Publish the app, then sign in again.
    }
google-connected = Signed in to Google Drive
google-read-only = Read-only. At the end you can take this access back, from the report.
google-practice-words = This is the rehearsal’s make-believe Google. You can go on, or practise signing in.
