# Dropbox : la clé d’application, puis la connexion.
dropbox-why = Dropbox veut savoir quel programme lit vos fichiers. Vous allez donc créer une « application » avec sa propre clé : c’est gratuit et cela prend environ cinq minutes. Gardez cette fenêtre à côté de votre navigateur. Les pages de Dropbox sont en anglais ; leurs mots sont donnés tels quels.
dropbox-have-key = J’ai déjà une clé d’application
dropbox-console = La console des applications
dropbox-step-app = Créer l’application
dropbox-step-app-words = Ouvrez la page et connectez-vous avec le compte à déménager.
    1 : choisissez « Scoped access ». 2 : choisissez « Full Dropbox », sinon le programme ne verrait rien. 3 : donnez un nom que personne n’a pris, par exemple celui de votre association avec le mot « demenagement » ; Dropbox refuse les noms qui contiennent « Dropbox ».
    Acceptez les conditions et cliquez sur « Create app ».
dropbox-step-redirects = Laisser revenir le navigateur
dropbox-step-redirects-words = Dans l’onglet « Settings », cherchez « Redirect URIs ». Saisissez-y chacune de ces trois adresses, en cliquant sur « Add » après chacune. « Allow public clients » reste sur « Allow ».
dropbox-step-permissions = Cocher les autorisations
dropbox-step-permissions-words = Dans l’onglet « Permissions », cochez { $permissions }. Toutes ne font que lire.
    Cliquez ensuite sur « Submit » tout en bas : sans cela, rien n’est gardé.
dropbox-step-key = Donner la clé au programme
dropbox-step-key-words = De retour dans l’onglet « Settings », copiez ce qui est écrit à côté de « App key » et collez-le ici. Le code « App secret » ne sert pas ; gardez-le pour vous.
dropbox-key = Clé d’application (« App key »)
dropbox-key-help = 15 lettres minuscules et chiffres. Elle n’est pas secrète.
dropbox-key-wrong = Ce n’est pas une clé d’application : elle n’a que des lettres minuscules et des chiffres, une quinzaine. Copiez ce qui est écrit à côté de « App key ».
dropbox-key-go = Continuer avec cette clé
dropbox-key-there = La clé d’application est là
dropbox-other-key = Changer de clé
dropbox-sign-in-words = Connectez-vous maintenant avec le compte dont les fichiers doivent déménager. Tout se passe dans votre navigateur ; le programme ne voit jamais votre mot de passe. Tant que votre application est en « Development », seuls quelques comptes peuvent s’en servir : le vôtre le peut toujours.
dropbox-sign-in = Se connecter à Dropbox
dropbox-by-paste = Sur un autre appareil, avec un code
dropbox-checking = Le compte Dropbox est vérifié…
dropbox-waiting-words = Connectez-vous et cliquez sur « Autoriser » (« Allow »). Si Dropbox avertit que peu de monde utilise cette application : c’est normal, c’est la vôtre. Cette page avance toute seule ensuite.
dropbox-stuck = Dropbox affiche une erreur ?
dropbox-stuck-help =
    « Invalid redirect_uri » : une des trois adresses manque dans l’application, ou contient une faute de frappe. Voyez l’étape 2.
    « Invalid scope » : une autorisation n’est pas cochée, ou « Submit » n’a pas été cliqué. Voyez l’étape 3.
    « Invalid client_id » : la clé d’application est une autre. Annulez, puis changez de clé.
dropbox-paste-words = Ouvrez cette page dans n’importe quel navigateur, connectez-vous et cliquez sur « Autoriser » (« Allow »). Dropbox montre alors un code : copiez-le de là-bas jusqu’ici.
dropbox-code = Le code que montre Dropbox
dropbox-code-help = Il ne sert qu’une fois, et pendant quelques minutes.
dropbox-code-go = Continuer avec ce code
dropbox-signed-out = La connexion à Dropbox n’est plus gardée sur cet ordinateur. Connectez-vous à nouveau.
dropbox-connected = Connecté·e à Dropbox
dropbox-what = Les fichiers de ce compte seront lus, avec les dossiers partagés qui s’y trouvent.
dropbox-what-team = Il fait partie de l’équipe « { $team } » : les dossiers d’équipe qu’il voit seront lus aussi.
dropbox-read-only = En lecture seule. Vous pourrez retirer cet accès à la fin, depuis le bilan.
dropbox-practice-words = C’est le faux Dropbox de la répétition. Vous pouvez continuer, ou vous entraîner à vous connecter.
