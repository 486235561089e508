# Microsoft: the client id, then the sign-in, then the sites.
microsoft-why = Microsoft wants to know which program reads your data. So you are going to register it once (a “client id”): it costs nothing and takes about five minutes. Keep this window beside your browser.
microsoft-have-id = I have a client id already
microsoft-step-open = Open the registrations
microsoft-step-open-words = Open the page and sign in, best with an account of your organisation. It shows the “App registrations” (« Inscriptions d’applications »).
    If Microsoft says that your personal account has no directory: ask somebody whose association has Microsoft 365 to do these four steps. Their client id works for your account, too.
microsoft-step-register = Register the program
microsoft-step-register-words = Click “New registration” (« Nouvelle inscription »). The name is up to you, such as “Transhumance”.
    “Supported account types”: the choice with “Any organizational directory” (or “Any Entra ID tenant”) and “personal Microsoft accounts”.
    “Redirect URI”: choose “Public client/native (mobile & desktop)” and enter this address. Then click “Register” (« S’inscrire »).
microsoft-step-public = Allow it to run on your computer
microsoft-step-public-words = On the left, open “Authentication” (« Authentification »), and there the tab “Settings” if there is one.
    Set “Allow public client flows” (« Autoriser les flux clients publics ») to “Yes”, then click “Save” (« Enregistrer »).
microsoft-step-id = Give the client id to the program
microsoft-step-id-words = On the left, open “Overview” (« Vue d’ensemble »). Copy the line “Application (client) ID” (« ID d’application (client) ») and paste it here. The lines below it, “Object ID” and “Directory (tenant) ID”, look alike and are others.
microsoft-id = Application (client) ID
microsoft-id-help = 36 characters: digits, letters from a to f, and four dashes. It is not secret.
microsoft-id-wrong = This is no client id: it has only digits, letters from a to f, and dashes, as in the example. Copy the line “Application (client) ID”, neither its name nor a secret.
microsoft-id-go = Go on with this id
microsoft-id-there = The client id is there
microsoft-other-id = Change the id
microsoft-kinds = What kind of account is to move?
microsoft-kind-personal = Personal
microsoft-kind-personal-help = An account of your own, such as …@outlook.com or …@hotmail.com. Its OneDrive is read.
microsoft-kind-work = Organisation
microsoft-kind-work-help = An account that your association, your employer or your school gave. Its OneDrive is read, and the SharePoint sites and Teams that you choose.
microsoft-kind-any = I don’t know
microsoft-kind-any-help = Microsoft finds out. If it is an organisation’s, its sites can be chosen afterwards.
microsoft-domain = Domain of the organisation (optional)
microsoft-domain-help = Only if the client id is for this organisation alone, such as canard.onmicrosoft.com.
microsoft-domain-wrong = A domain has letters, digits, dots and dashes only, such as canard.onmicrosoft.com.
microsoft-sign-in-words = Now sign in with the account whose files are to move. All of it happens in your browser; the program never sees your password.
microsoft-sign-in = Sign in to Microsoft
microsoft-by-code = On another device, with a code
microsoft-checking = Checking the Microsoft account…
microsoft-waiting-words = Choose your account and accept reading the files. This page then goes on by itself.
microsoft-approval = Does Microsoft ask for an administrator’s approval?
microsoft-code-waiting = Waiting until the code is entered…
microsoft-code-words =
    { $n ->
        [one] Open this page in a browser on any computer or phone, and enter the code there within { $n } minute. This page then goes on by itself.
       *[other] Open this page in a browser on any computer or phone, and enter the code there within { $n } minutes. This page then goes on by itself.
    }
microsoft-code-name = The code is { $code }
microsoft-code-copy = Copy the code
microsoft-administrator = A letter for the administrator
microsoft-administrator-words = In your organisation only an administrator may allow this program. Send them this letter; once they have accepted, sign in again here. If you are the administrator yourself, open the page.
microsoft-consent-page = The page of approval
microsoft-letter-copy = Copy the letter
microsoft-letter-target = our Nextcloud
microsoft-signed-out = The sign-in to Microsoft is no longer kept on this computer. Sign in again.
microsoft-connected = Signed in to Microsoft
microsoft-what-personal = The OneDrive of this personal account will be read, with the shared folders that were added to it, and its calendars, contacts and tasks if you take them along.
microsoft-what-work = The OneDrive of this organisation’s account will be read, with the shared folders that were added to it, and its calendars, contacts and tasks if you take them along.
microsoft-sites-ask = This account is an organisation’s. If you want to take SharePoint sites or Teams along, sign in once more so that they can be read.
microsoft-sites-sign-in = Sign in and choose sites
microsoft-read-only = Read-only. At the end you can forget this access, from the report.
microsoft-practice-words = This is the rehearsal’s make-believe Microsoft. You can go on, or practise signing in.

sites-title = SharePoint sites and Teams
sites-words = Tick those whose files are to move, too. Each arrives in a folder of its own.
sites-listing = Looking for the sites and teams…
sites-none = This account sees no sites and no teams. There is nothing to choose.
sites-filter = Find by name or address
sites-nothing-found = No site and no team is called that.
sites-is-team = Team · { $address }
sites-is-site = Site · { $address }
sites-more =
    { $n ->
        [one] { $n } more: type a part of its name above.
       *[other] { $n } more: type a part of their names above.
    }
sites-chosen =
    { $n ->
        [0] None is chosen: only the OneDrive moves.
        [one] { $n } is chosen.
       *[other] { $n } are chosen.
    }
sites-astray = The account does not see these, which were chosen before. Take them out, or sign in with the account that sees them.
