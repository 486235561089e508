# Signing in to Microsoft, and what its accounts have of their own.
microsoft-revoke-by-hand = Microsoft lets no program end its own access: it is forgotten on this computer. To end it for good, remove Transhumance at https://account.live.com/consent/Manage (personal accounts) or https://myapps.microsoft.com (work and school accounts).

microsoft-letter-follows = Your organisation lets only its administrator allow this program. This letter can be sent as it is:
microsoft-letter =
    Subject: Please allow our association’s files to be moved to Nextcloud

    Hello,

    we are moving our files from OneDrive and SharePoint to { $target } with Transhumance, a free program that runs on our own computer: the files go from Microsoft straight to our Nextcloud, and nobody stands in between.

    Our organisation’s settings let only an administrator allow it. Would you please open this page, sign in with your administrator’s account and accept?

    { $link }

    It asks for reading only. Nothing can be changed or deleted:
    - User.Read: the name of the account that signs in;
    - Files.Read.All: the files which that account can read anyway;
    - Sites.Read.All, Team.ReadBasic.All, Channel.ReadBasic.All: finding the sites and teams that they lie in;
    - Calendars.Read, Calendars.Read.Shared, Contacts.Read, Tasks.Read: that account’s calendars, contacts and tasks, where the page names them.

    The application’s id is { $client }. After you have accepted, the browser may say that it cannot open “localhost”: that is as it should be, and all is done. You can take the permission back at any time, in the Microsoft Entra admin center under “Enterprise applications”.

    Thank you very much!

microsoft-admin-consent = Your organisation has not allowed this access yet ({ $detail }). Sign in again with: { $login }
    If only an administrator may allow it, that command writes a letter which you can send.
    .window = Your organisation has not allowed this access yet ({ $detail }). If only an administrator may allow it, there is a letter for you to send.
microsoft-admin-policy = Your organisation’s rules keep this program or this account out. Ask its administrator; the id of the application is “client_id” in the migration file.
    .window = Your organisation’s rules keep this program or this account out. Ask its administrator; the id of the application is the client id that you entered.
microsoft-sign-in-again = The sign-in to Microsoft has ended ({ $detail }). Sign in again with: { $login }
    .window = The sign-in to Microsoft has ended ({ $detail }). Sign in again.
microsoft-unknown-client = Microsoft does not know this client id here ({ $detail }). Compare it with “Application ID” in the Microsoft Entra admin center, and “tenant” with your organisation; then sign in again with: { $login }
    .window = Microsoft does not know this client id here ({ $detail }). Compare it with “Application ID” in the Microsoft Entra admin center, and the organisation with yours; then sign in again.
microsoft-wrong-account-type = This client id is not for accounts of this kind ({ $detail }). In the Microsoft Entra admin center choose accounts of any organisation and personal ones, or correct “tenant” in the migration file; then sign in again with: { $login }
    .window = This client id is not for accounts of this kind ({ $detail }). In the Microsoft Entra admin center choose accounts of any organisation and personal ones, or choose another kind of account here; then sign in again.
microsoft-not-public = Microsoft wants a secret, which a program on people’s own computers cannot keep ({ $detail }). In the Microsoft Entra admin center, under “Authentication”, set “Allow public client flows” to yes, then sign in again with: { $login }
    .window = Microsoft wants a secret, which a program on people’s own computers cannot keep ({ $detail }). In the Microsoft Entra admin center, under “Authentication”, set “Allow public client flows” to yes, then sign in again.
microsoft-redirect-mismatch = This client id does not let the browser come back to this computer. In the Microsoft Entra admin center, under “Authentication”, add the platform “Mobile and desktop applications” with the address http://localhost, then sign in again with: { $login }
    .window = This client id does not let the browser come back to this computer. In the Microsoft Entra admin center, under “Authentication”, add the platform “Mobile and desktop applications” with the address http://localhost, then sign in again.
microsoft-code-expired = Nobody entered the code in time. Begin again with: { $login }
    .window = Nobody entered the code in time. Begin again.
microsoft-scope-missing = Not everything that is needed was allowed ({ $detail }). Begin again with: { $login }
    .window = Not everything that is needed was allowed ({ $detail }). Begin again.
microsoft-no-refresh-token = Microsoft gave an access that ends after an hour. Begin again with: { $login }
    .window = Microsoft gave an access that ends after an hour. Begin again.
microsoft-unavailable = Microsoft has a trouble of its own at the moment. Start again later; what was done is kept.
microsoft-unreachable = There is no connection to Microsoft ({ $detail }). Check your internet connection, then start again; what was done is kept.
microsoft-protocol = What answers for Microsoft makes no sense ({ $detail }). Perhaps a hotspot or a company’s proxy is in between; try in another network.
microsoft-other = Microsoft refused ({ $detail }). Start again later; if it stays so, the technical log tells more.
microsoft-no-drive = This account has no OneDrive ({ $detail }). Open https://onedrive.live.com or your organisation’s OneDrive once in the browser with it, or sign in with another account; then start again.
microsoft-no-sites = Personal Microsoft accounts have no sites. Remove “sites” from the migration file, or sign in with a work or school account.
    .window = Personal Microsoft accounts have no sites. Take the sites out, or sign in with a work or school account.
microsoft-site-not-found = The account does not see exactly one site or team called “{ $wanted }”. Correct “sites” in the migration file; these are there:{ $found }
    .window = The account does not see exactly one site or team called “{ $wanted }”. These are there:{ $found }

# The folder at the target that holds one folder a library.
folder-sites = Sites and teams

# Why an item has its decision or its outcome, where only Microsoft has such.
reason-malware = Microsoft found a virus in it and does not hand it out. If you trust it, download it by hand in the browser and put it into your Nextcloud.
reason-onenote = It is a OneNote notebook, or a part of one, which no program can read as a file. Open it in OneNote on the computer and export it, as PDF for instance.
reason-personal-vault = It is the Personal Vault, which only its owner can open. Open it in OneDrive and copy yourself what you want to take along.
reason-retention-locked = A retention rule of your organisation keeps this document back. Ask the administrator for access, then start again.
reason-source-locked = It is locked at the source: somebody is editing it, or a rule protects it. Start again in a while; if it stays so, ask the administrator.
reason-source-misstated = The source states another size or checksum than that of what it hands out, as SharePoint does with Office documents and iPhones’ moving pictures (only the still picture is handed out). What was handed out twice alike has arrived; open it once to be sure.
