reason-restricted-content = Dropbox a bloqué ce fichier à la demande d’un ayant droit ou d’une autorité, et ne le remet à personne. Rien ne peut être déplacé ; écrivez à l’assistance de Dropbox si vous pensez que c’est une erreur.
reason-other-format = Dropbox ne l’exporte pas dans le format que vous avez choisi : il arrive dans le plus proche qui existe. Il n’y a rien à faire.

login-no-code = Aucun code n’a été donné. Recommencez avec : { $login }
    .window = Aucun code n’a été donné. Recommencez.

dropbox-listener = Le retour du navigateur vers ce programme n’a pas pu être préparé : { $cause }. Autre chose occupe les ports 17645 à 17647 de cet ordinateur. Fermez-le et recommencez, ou connectez-vous avec un code : { $login } --device
    .window = Le retour du navigateur vers ce programme n’a pas pu être préparé : { $cause }. Autre chose occupe les ports 17645 à 17647 de cet ordinateur. Fermez-le et recommencez, ou connectez-vous avec un code.
dropbox-unavailable = Dropbox a un souci de son côté en ce moment. Recommencez plus tard ; ce qui est fait est gardé.
dropbox-unreachable = Pas de connexion à Dropbox ({ $detail }). Vérifiez votre connexion à internet, puis recommencez ; ce qui est fait est gardé.
dropbox-protocol = Ce qui répond à la place de Dropbox est incompréhensible ({ $detail }). Peut-être un portail wifi ou le filtrage d’une organisation ; essayez depuis un autre réseau.
dropbox-sign-in-again = La connexion à Dropbox a pris fin ({ $detail }). Reconnectez-vous avec : { $login }
    .window = La connexion à Dropbox a pris fin ({ $detail }). Reconnectez-vous.
dropbox-unknown-client = Dropbox ne connaît pas cette clé d’application ({ $detail }). Comparez-la avec « App key » dans la console des applications (https://www.dropbox.com/developers/apps), puis reconnectez-vous avec : { $login }
    .window = Dropbox ne connaît pas cette clé d’application ({ $detail }). Comparez-la avec « App key » dans la console des applications, puis reconnectez-vous.
dropbox-redirect-mismatch = Votre application Dropbox ne laisse pas le navigateur revenir vers cet ordinateur. Dans la console des applications, sous « Redirect URIs », ajoutez http://127.0.0.1:17645/, http://127.0.0.1:17646/ et http://127.0.0.1:17647/ ; puis reconnectez-vous avec : { $login }
    .window = Votre application Dropbox ne laisse pas le navigateur revenir vers cet ordinateur. Dans la console des applications, sous « Redirect URIs », ajoutez http://127.0.0.1:17645/, http://127.0.0.1:17646/ et http://127.0.0.1:17647/ ; puis reconnectez-vous.
dropbox-admin-policy = Les personnes qui administrent votre équipe Dropbox n’autorisent pas cette application. Demandez-leur de l’autoriser, sous « Applications » dans la console d’administration.
dropbox-scope-missing = Votre application Dropbox n’a pas tous les droits nécessaires ({ $detail }). Dans la console des applications, sous « Permissions », cochez account_info.read, files.metadata.read, files.content.read et sharing.read, validez avec « Submit », puis reconnectez-vous avec : { $login }
    .window = Votre application Dropbox n’a pas tous les droits nécessaires ({ $detail }). Dans la console des applications, sous « Permissions », cochez account_info.read, files.metadata.read, files.content.read et sharing.read, validez avec « Submit », puis reconnectez-vous.
dropbox-no-refresh-token = Dropbox a donné un accès qui prend fin au bout de quatre heures. Recommencez avec : { $login }
    .window = Dropbox a donné un accès qui prend fin au bout de quatre heures. Recommencez.
dropbox-suspended = Les personnes qui administrent l’équipe Dropbox ont suspendu ce compte. Demandez-leur de le rétablir ; ce qui est fait est gardé.
dropbox-not-allowed = Dropbox ne permet pas cela à ce compte ({ $detail }). Adressez-vous aux personnes qui administrent votre équipe Dropbox, ou connectez-vous avec un autre compte.
dropbox-root-changed = Entre-temps, le compte a rejoint ou quitté une équipe Dropbox. Recommencez ; ce qui est fait est gardé.
dropbox-other = Dropbox a refusé ({ $detail }). Recommencez plus tard ; si cela persiste, le journal technique en dit plus.
