# What an examination of a deployment says: the command `doctor`, and the console's page "What agents see". A check's text
# says what should be; `.effect` what follows when it is not; `.remedy` what to do.

## The platforms

doctor-links = verbindet sich
doctor-links-but = verbindet sich, aber
doctor-will-not-link = verbindet sich nicht
doctor-unknown = unbekannt
doctor-by-document = Stellt sich mit seinem Metadaten-Dokument (CIMD) vor.
doctor-by-registration = Registriert sich selbst (RFC 7591).
doctor-by-hand = Jemand muss eine Client-ID eintippen.
doctor-by-configuration = Arbeitet mit einem Client, den Sie dafür anlegen.
doctor-by-nothing = Findet keinen Weg, sich vorzustellen.
doctor-asks = Bittet um: { $scopes }.
doctor-asks-nothing = Nennt keine Scopes, wenn es fragt.
doctor-asks-configured = Bittet um die Scopes, mit denen es eingerichtet wurde.
doctor-seen = gesehen
doctor-expected = erwartet
doctor-effect = Folge
doctor-remedy = Abhilfe
doctor-stops = stoppt { $platforms }
doctor-limits = bremst { $platforms }
doctor-advice = stoppt niemanden

## Why something was not checked

doctor-needs-token = nicht geprüft: braucht ein Token (mit --token-file angeben)
doctor-needs-client = nicht geprüft: braucht einen registrierten Client
doctor-not-found = nicht geprüft: Was zu prüfen wäre, wurde nicht gefunden
doctor-too-many = nicht geprüft: Der Server sagt, es waren zu viele Anfragen
doctor-not-asked = nicht geprüft: nicht verlangt
doctor-does-not-apply = trifft hier nicht zu

## The self-test

step-metadata = Metadaten
step-registration = Registrierung
step-flow = Autorisierungsablauf
step-scoped-tokens = Tokens mit Scopes
step-validation = Prüfung von Tokens
step-unauthorised = Ohne Token
step-expired = Abgelaufenes Token
step-insufficient = Fehlende Erlaubnis
step-burst = Viele Aufrufe

## How the deployment is reached

server-answers = Der MCP-Server antwortet innerhalb von 10 Sekunden
    .effect = Niemand verbindet sich.
    .remedy = Prüfen Sie Adresse und Firewall, und dass nichts vor dem Server Programme aufhält.
address-https = Die Adresse ist https
    .effect = Agenten weisen die Adresse zurück.
    .remedy = Bieten Sie den MCP-Server über https an. Nur eine Loopback-Adresse darf darauf verzichten.
certificate-valid = Das Zertifikat wird angenommen
    .effect = Agenten verbinden sich nicht.
    .remedy = Installieren Sie ein Zertifikat einer öffentlichen Stelle für diesen Hostnamen, mit der ganzen Kette.
certificate-lasts = Das Zertifikat gilt noch mindestens zwei Wochen
    .effect = An dem Tag, an dem es endet, steht jeder Agent still.
    .remedy = Erneuern Sie das Zertifikat, und sehen Sie nach, warum es sich nicht selbst erneuert hat.
clock-right = Die Uhr des Servers geht auf eine Minute genau
    .effect = Tokens und Assertions gelten als abgelaufen oder als noch nicht gültig.
    .remedy = Stellen Sie die Zeit der Maschine mit NTP.

## What an agent hears that has no token

challenge-status = Eine Anfrage ohne Token wird mit HTTP 401 beantwortet
    .effect = Agenten erfahren nicht, dass sie sich anmelden müssen.
    .remedy = Beantworten Sie jede Anfrage ohne Token mit 401, bevor sonst etwas davon gelesen wird.
challenge-bearer = Die erste Challenge ist Bearer
    .effect = Ältere Agenten finden nichts, womit sie beginnen können.
    .remedy = Schicken Sie WWW-Authenticate: Bearer mit der 401, vor jedem anderen Verfahren.
challenge-single = Die Challenge ist eine Zeile ASCII
    .effect = Manche Agenten lesen nur die erste Zeile, oder keine.
    .remedy = Schicken Sie einen einzigen WWW-Authenticate-Header ohne Zeilenumbrüche und Sonderzeichen.
challenge-metadata = Die Challenge sagt, wo die Metadaten der Ressource sind
    .effect = Agenten von 2025-06-18 suchen nirgends sonst.
    .remedy = Fügen Sie der Challenge resource_metadata="https://…/.well-known/oauth-protected-resource/…" hinzu.
challenge-same-origin = Die Challenge zeigt auf den eigenen Origin des MCP-Servers
    .effect = Manche Agenten übergehen den Verweis.
    .remedy = Bieten Sie die Metadaten der Ressource auf dem Host des MCP-Servers an, und verweisen Sie dorthin.
challenge-no-error = Die Challenge nennt keinen Fehler, wenn kein Token kam
    .effect = Codex hält das für ein schlechtes Token und beginnt keine Anmeldung.
    .remedy = Lassen Sie error und error_description weg, wenn kein Token kam.
challenge-scope = Die Challenge sagt, um welche Scopes man bitten soll
    .effect = Agenten bitten um alle Scopes der Ressource auf einmal.
    .remedy = Fügen Sie scope="…" hinzu, mit dem, was ein Agent am Anfang braucht.
challenge-least = Die Challenge bittet um das, was am Anfang nötig ist, und um nicht mehr
    .effect = Kunden werden gleich zu Beginn um alles gebeten und lehnen ab.
    .remedy = Nennen Sie nur die Scopes zum Umsehen. Bitten Sie um andere, wenn ein Aufruf sie braucht.
challenge-no-offline = Die Challenge bittet nicht um offline_access
    .effect = Eine Ressource bittet um etwas, das nur Agent und Autorisierungsserver angeht.
    .remedy = Nehmen Sie offline_access aus der Challenge.
challenge-old = Die erste Anfrage von 2025-06-18 wird mit HTTP 401 beantwortet
    .effect = Ältere Agenten erfahren nicht, dass sie sich anmelden müssen.
    .remedy = Prüfen Sie das Token, bevor die Protokollversion gelesen wird.
challenge-new = Die erste Anfrage von 2026-07-28 wird mit HTTP 401 beantwortet
    .effect = Neuere Agenten fallen auf eine ältere Fassung zurück.
    .remedy = Prüfen Sie das Token, bevor Protokollversion und Methode gelesen werden.
tools-protected = Tools brauchen ein Token, außer sie sagen selbst, dass sie keines brauchen
    .effect = Jeder kann sie nutzen, und niemand lässt sich unterscheiden oder stoppen.
    .remedy = Verlangen Sie für jede Anfrage ein Token. Ein Tool, das für alle gedacht ist, sagt das mit dem Sicherheitsschema noauth.
tools-public = Kein Tool lässt sich ohne Token aufrufen
    .effect = Jeder kann die hier genannten Tools aufrufen. Niemand lässt sich dabei unterscheiden, und es gibt keine Spur davon.
    .remedy = Lassen Sie es so, wenn es gewollt ist. Wenn nicht, nehmen Sie die Tools aus public_tools, oder verlangen Sie bei einem Server anderer Art ein Token dafür.
origin-refused = Eine Webseite mit unbekanntem Origin wird mit HTTP 403 beantwortet
    .effect = Jede Webseite kann aus dem Browser eines Besuchers Anfragen an den Server schicken.
    .remedy = Vergleichen Sie den Origin-Header mit einer Liste erlaubter Origins.
query-token-ignored = Ein Access-Token in der Adresse wird nicht gelesen
    .effect = Tokens landen in Logs und Verläufen.
    .remedy = Lesen Sie Tokens nur aus dem Authorization-Header.

## Metadata of the resource

prm-found = Die Metadaten der Ressource werden gefunden
    .effect = Agenten finden den Autorisierungsserver nicht.
    .remedy = Bieten Sie sie unter /.well-known/oauth-protected-resource an, gefolgt vom Pfad des MCP-Servers.
prm-by-header = Die Metadaten sind dort, wohin die Challenge zeigt
    .effect = Agenten von 2025-06-18 suchen nirgends sonst.
    .remedy = Lassen Sie resource_metadata auf die Adresse zeigen, unter der sie sind.
prm-first-place = Die Metadaten sind dort, wo Agenten zuerst suchen
    .effect = Agenten, die einem Verweis folgen, geben auf, wenn er ins Leere führt.
    .remedy = Bieten Sie sie dort an, wohin die Challenge zeigt, oder zwischen Host und Pfad.
prm-well-known = Die Metadaten sind an einem bekannten Ort
    .effect = Agenten, die die Challenge nicht lesen, finden sie nicht.
    .remedy = Bieten Sie sie unter /.well-known/oauth-protected-resource an, mit und ohne Pfad.
prm-inserted = Die Metadaten sind am bekannten Ort mit dem Pfad
    .effect = Agenten brauchen einen weiteren Versuch, und manche geben auf.
    .remedy = Bieten Sie sie unter /.well-known/oauth-protected-resource an, gefolgt vom Pfad.
prm-root = Die Metadaten sind am bekannten Ort des Hosts
    .effect = Agenten, die nur dort suchen, finden sie nicht.
    .remedy = Bieten Sie dasselbe Dokument auch unter /.well-known/oauth-protected-resource an.
prm-agree = Die Metadaten sagen an jedem Ort dasselbe
    .effect = Agenten kommen zu verschiedenen Schlüssen.
    .remedy = Bieten Sie an allen Orten ein und dasselbe Dokument an.
prm-resource-exact = Die Metadaten nennen die Adresse genau so, wie man sie eintippt
    .effect = Claude und ChatGPT verbinden sich nicht.
    .remedy = Setzen Sie resource auf diese Adresse, mit ihrem Pfad und ohne Schrägstrich, den niemand tippt. Ist eine andere Schreibweise die richtige, sagen Sie den Leuten diese.
prm-resource-covers = Die Metadaten nennen diesen Server
    .effect = Agenten weisen die Metadaten eines anderen Servers zurück.
    .remedy = Setzen Sie resource auf die Adresse des MCP-Servers: dasselbe Schema, derselbe Host und Port, und sein Pfad.
prm-server = Die Metadaten nennen einen Autorisierungsserver
    .effect = Agenten finden nicht, wo sie sich anmelden.
    .remedy = Setzen Sie authorization_servers auf den Issuer.
prm-one-server = Die Metadaten nennen genau einen Autorisierungsserver
    .effect = Agenten wählen verschieden, die meisten den ersten.
    .remedy = Zählen Sie einen Issuer auf.
prm-no-offline = Die Metadaten zählen offline_access nicht auf
    .effect = Eine Ressource bittet um etwas, das nur Agent und Autorisierungsserver angeht.
    .remedy = Nehmen Sie offline_access aus scopes_supported der Ressource.
prm-bearer-header = Die Metadaten sagen, dass Tokens in den Header gehören
    .effect = Agenten müssen raten.
    .remedy = Setzen Sie bearer_methods_supported auf ["header"].
prm-scopes = Die Metadaten zählen Scopes auf
    .effect = Agenten ohne Challenge bitten um nichts, oder um alles, was der Autorisierungsserver hat.
    .remedy = Setzen Sie scopes_supported auf das, worum Agenten bitten dürfen.

## Metadata of the authorization server

as-found = Die Metadaten des Autorisierungsservers werden gefunden
    .effect = Agenten raten Adressen, die es nicht gibt.
    .remedy = Bieten Sie sie unter /.well-known/oauth-authorization-server an, gefolgt vom Pfad des Issuers.
as-oauth = Die Metadaten sind am OAuth-Ort
    .effect = Agenten von 2025-06-18 und Google suchen nirgends sonst.
    .remedy = Bieten Sie sie unter /.well-known/oauth-authorization-server an, gefolgt vom Pfad des Issuers.
as-openid = Die Metadaten sind auch an den OpenID-Orten
    .effect = Agenten, die dort zuerst suchen, brauchen einen weiteren Versuch.
    .remedy = Bieten Sie dasselbe Dokument unter /.well-known/openid-configuration an, vor und hinter dem Pfad.
as-agree = Die Metadaten sagen an jedem Ort dasselbe
    .effect = Agenten kommen zu verschiedenen Schlüssen.
    .remedy = Bieten Sie an allen Orten ein und dasselbe Dokument an.
as-json = Die Metadaten sind application/json
    .effect = Strenge Agenten lesen sie nicht.
    .remedy = Schicken Sie Content-Type: application/json.
metadata-cacheable = Die Metadaten dürfen zwischengespeichert werden
    .effect = Jede Verbindung jedes Agenten ruft sie neu ab.
    .remedy = Schicken Sie Cache-Control: public, max-age=300.
as-issuer = Die Metadaten nennen den Issuer Zeichen für Zeichen
    .effect = Agenten verwerfen die Metadaten.
    .remedy = Schreiben Sie den Issuer überall gleich: hier, in den Metadaten der Ressource, in iss und in Tokens. Oft ist es ein Schrägstrich am Ende.
as-issuer-same = Die Metadaten gehören zu diesem Issuer
    .effect = Agenten verwerfen die Metadaten, auch solche, die einen Schrägstrich verzeihen.
    .remedy = Setzen Sie issuer auf das, was die Metadaten der Ressource nennen, oder umgekehrt.
as-endpoints = Die Metadaten nennen Authorization- und Token-Endpunkt
    .effect = Agenten wissen nicht, wohin.
    .remedy = Setzen Sie authorization_endpoint und token_endpoint.
endpoints-https = Jeder Endpunkt ist https
    .effect = Agenten weisen den Endpunkt zurück.
    .remedy = Veröffentlichen Sie https-Adressen. Hinter einem Proxy nennen Sie dem Server seine öffentliche Adresse.
as-endpoints-answer = Die Endpunkte, die die Metadaten nennen, gibt es
    .effect = Der Kunde sieht einen Fehler, oder es kommt kein Token.
    .remedy = Veröffentlichen Sie die Adressen, die wirklich antworten, und leiten Sie sie richtig weiter.
as-response-types = Die Metadaten bieten den Authorization Code
    .effect = Agenten beginnen nicht.
    .remedy = Setzen Sie response_types_supported auf ["code"].
as-pkce-listed = Die Metadaten sagen, dass PKCE mit S256 verstanden wird
    .effect = Agenten dürfen ohne das nicht weitermachen.
    .remedy = Setzen Sie code_challenge_methods_supported auf ["S256"], in jeder Kopie der Metadaten.
as-pkce-s256 = Die Metadaten schließen PKCE mit S256 nicht aus
    .effect = Kein Agent macht weiter.
    .remedy = Setzen Sie code_challenge_methods_supported auf ["S256"], und lehnen Sie plain ab.
as-refresh-grant = Die Metadaten bieten Refresh-Tokens
    .effect = Kunden müssen sich neu anmelden, sobald ein Access-Token endet.
    .remedy = Setzen Sie grant_types_supported auf authorization_code und refresh_token.
as-none = Die Metadaten lassen Clients ohne Secret zu
    .effect = Claude und Codex nutzen keine Metadaten-Dokumente und registrieren sich stattdessen.
    .remedy = Nehmen Sie none in token_endpoint_auth_methods_supported auf.
as-none-or-key = Die Metadaten lassen Clients ohne Secret zu, oder mit Schlüssel
    .effect = ChatGPT findet keinen Weg, sich auszuweisen.
    .remedy = Nehmen Sie none, oder private_key_jwt, wenn es gebaut ist, in token_endpoint_auth_methods_supported auf.
as-cimd = Agenten dürfen sich mit Metadaten-Dokumenten vorstellen
    .effect = Agenten registrieren sich stattdessen, ChatGPT für jeden Connector neu.
    .remedy = Unterstützen Sie Client ID Metadata Documents, und setzen Sie client_id_metadata_document_supported.
as-registration = Agenten dürfen sich selbst registrieren
    .effect = Agenten, die keinen anderen Weg kennen, brauchen eine Client-ID von Ihnen.
    .remedy = Bieten Sie einen registration_endpoint (RFC 7591), der keine Zugangsdaten verlangt.
as-iss-flag = Die Metadaten versprechen iss in Antworten
    .effect = ChatGPT registriert sich für jeden Connector, und Google verbindet sich nicht.
    .remedy = Schicken Sie iss mit jeder Antwort des Authorization-Endpunkts, und setzen Sie authorization_response_iss_parameter_supported.
as-offline = Der Autorisierungsserver zählt offline_access auf
    .effect = Agenten bitten nicht darum, verbunden zu bleiben, und Kunden melden sich neu an, sobald ein Access-Token endet.
    .remedy = Nehmen Sie offline_access in scopes_supported des Autorisierungsservers auf, nicht in das der Ressource.
as-scopes = Der Autorisierungsserver zählt seine Scopes auf
    .effect = Google verbindet sich nicht.
    .remedy = Setzen Sie scopes_supported.
as-scopes-least = Kein aufgezählter Scope ist für das Team
    .effect = Agenten, die um alles Aufgezählte bitten, bitten darum.
    .remedy = Nehmen Sie Scopes für Team, Rückzahlungen und Platzhalter aus scopes_supported.
as-revocation = Tokens lassen sich zurückgeben
    .effect = Google verbindet sich nicht, und der Zugang eines getrennten Agenten geht weiter.
    .remedy = Bieten Sie einen revocation_endpoint (RFC 7009).
as-jwks = Die Signaturschlüssel sind veröffentlicht
    .effect = Google verbindet sich nicht.
    .remedy = Setzen Sie jwks_uri.
as-keys = Die veröffentlichten Schlüssel sind brauchbar
    .effect = Niemand kann ein Token prüfen.
    .remedy = Veröffentlichen Sie die öffentliche Hälfte jedes Signaturschlüssels, der zählt, mit kid, und nie einen privaten.

## Browsers

cors-metadata = Webseiten dürfen die Metadaten des Autorisierungsservers lesen
    .effect = Agenten, die in einem Browser laufen, finden nichts.
    .remedy = Beantworten Sie OPTIONS ohne Zugangsdaten, erlauben Sie den Header MCP-Protocol-Version, und schicken Sie Access-Control-Allow-Origin: *.
cors-prm = Webseiten dürfen die Metadaten der Ressource lesen
    .effect = Agenten, die in einem Browser laufen, finden nichts.
    .remedy = Beantworten Sie OPTIONS ohne Zugangsdaten, erlauben Sie den Header MCP-Protocol-Version, und schicken Sie Access-Control-Allow-Origin: *.
cors-jwks = Webseiten dürfen die Schlüssel lesen
    .effect = Agenten, die in einem Browser laufen, können nichts prüfen.
    .remedy = Schicken Sie Access-Control-Allow-Origin: * mit den Schlüsseln.
cors-token = Webseiten dürfen um Tokens bitten
    .effect = Agenten, die in einem Browser laufen, bekommen keine.
    .remedy = Beantworten Sie OPTIONS, erlauben Sie Authorization und Content-Type, und schicken Sie Access-Control-Allow-Origin: * ohne Zugangsdaten.
cors-register = Webseiten dürfen sich registrieren
    .effect = Agenten, die in einem Browser laufen, können sich nicht registrieren.
    .remedy = Beantworten Sie OPTIONS, erlauben Sie Content-Type, und schicken Sie Access-Control-Allow-Origin: * ohne Zugangsdaten.
cors-revoke = Webseiten dürfen Tokens zurückgeben
    .effect = Agenten, die in einem Browser laufen, können sich nicht abmelden.
    .remedy = Beantworten Sie OPTIONS, erlauben Sie Authorization und Content-Type, und schicken Sie Access-Control-Allow-Origin: * ohne Zugangsdaten.
cors-mcp = Erlaubte Webseiten dürfen den MCP-Server rufen
    .effect = Agenten, die in einem Browser laufen, können ihn nicht direkt rufen.
    .remedy = Beantworten Sie OPTIONS ohne Token, und erlauben Sie die Header von MCP.
cors-exposed = Webseiten dürfen die Challenge lesen
    .effect = Agenten, die in einem Browser laufen, sehen nicht, wo sie sich anmelden.
    .remedy = Schicken Sie Access-Control-Expose-Headers: WWW-Authenticate.

## Registration

register-claude = Die Registrierung von Claude wird angenommen
    .effect = Claude kann sich nur mit seinem Metadaten-Dokument verbinden.
    .remedy = Nehmen Sie https-Redirect-URIs an, ohne zu fragen, wer registriert.
register-claude-code = Die Registrierung von Claude Code wird angenommen
    .effect = Claude Code kann sich nur mit seinem Metadaten-Dokument verbinden.
    .remedy = Nehmen Sie http-Redirect-URIs von Loopback-Adressen an, auch localhost mit Namen.
register-chatgpt = Die Registrierung von ChatGPT wird angenommen
    .effect = ChatGPT kann sich nur mit seinem Metadaten-Dokument verbinden.
    .remedy = Nehmen Sie https-Redirect-URIs mit jedem Pfad an.
register-codex = Die Registrierung von Codex wird angenommen
    .effect = Codex kann sich nur mit seinem Metadaten-Dokument verbinden.
    .remedy = Nehmen Sie http-Redirect-URIs von Loopback-Adressen an, und application_type.
register-cursor = Die Registrierung von Cursor wird angenommen
    .effect = Cursor zeigt keinen Weg zur Anmeldung: Eine abgelehnte Adresse heißt, dass alle abgelehnt sind.
    .remedy = Nehmen Sie cursor://anysphere.cursor-mcp/oauth/callback an, vollständig und genau, neben https und Loopback-Adressen.
register-vscode = Die Registrierung von VS Code wird angenommen
    .effect = VS Code kann sich nur mit seinem Metadaten-Dokument verbinden.
    .remedy = Nehmen Sie Loopback-Adressen mit und ohne Port an, und lassen Sie unbekannte Grant-Typen weg, statt abzulehnen.
register-inspector = Die Registrierung des MCP Inspector wird angenommen
    .effect = Der MCP Inspector kann sich nicht verbinden.
    .remedy = Nehmen Sie http-Redirect-URIs von localhost an.
register-mcp-remote = Die Registrierung von mcp-remote wird angenommen
    .effect = mcp-remote kann sich nicht verbinden.
    .remedy = Nehmen Sie registrierte Scopes als Hinweis: Nehmen Sie auch unbekannte an.
register-goose = Die Registrierung von Goose wird angenommen
    .effect = Goose kann sich nicht verbinden.
    .remedy = Nehmen Sie http-Redirect-URIs von 127.0.0.1 an, und application_type.
register-answer = Eine Registrierung wird mit dem beantwortet, was registriert wurde
    .effect = Strenge Agenten lesen die Antwort nicht.
    .remedy = Wiederholen Sie die Redirect-URIs, wie sie kamen, lassen Sie Felder mit null weg, schicken Sie client_secret_expires_at mit einem Secret, und vergeben Sie keine Client-ID, die mit https:// beginnt.
register-refuses = Eine gefährliche Redirect-URI wird abgelehnt
    .effect = Eine registrierte Adresse könnte im Browser des Kunden ein Skript ausführen.
    .remedy = Antworten Sie mit HTTP 400 und invalid_redirect_uri.
register-no-store = Eine Antwort auf eine Registrierung wird nicht gespeichert
    .effect = Ein Zwischenspeicher könnte den Client von jemand anderem ausgeben.
    .remedy = Schicken Sie Cache-Control: no-store.

## Where the shopper is sent

authorize-accepts = Eine gute Autorisierungsanfrage wird angenommen
    .effect = Der Kunde sieht einen Fehler.
    .remedy = Nehmen Sie resource, state und S256 an, wie diese Anfrage sie hat.
authorize-plain = Eine Anfrage ohne resource wird angenommen
    .effect = Plattformen, die Ressourcen nicht kennen, und manche, die sie vergessen, sehen einen Fehler.
    .remedy = Nehmen Sie die einzige Ressource des Issuers, wo keine genannt ist.
authorize-tolerant = Eine seltsame Autorisierungsanfrage wird angenommen
    .effect = Kunden von Claude sehen einen Fehler.
    .remedy = Lassen Sie unbekannte Scopes und Parameter weg, und nehmen Sie prompt=consent, nonce, response_mode=query und verirrte Leerzeichen an.
authorize-no-scope = Eine Anfrage ohne Scope wird angenommen
    .effect = Kunden von Claude Code sehen einen Fehler.
    .remedy = Nehmen Sie eine kleine Menge von Scopes, wo keiner genannt ist.
authorize-port = Ein Loopback-Redirect darf jeden Port haben
    .effect = Programme auf dem Computer des Kunden können die Antwort nicht empfangen.
    .remedy = Lassen Sie beim Vergleich den Port einer Loopback-Adresse weg, und sonst nichts.
authorize-pkce = Eine Anfrage ohne PKCE wird abgelehnt
    .effect = Ein gestohlener Code lässt sich einlösen.
    .remedy = Verlangen Sie von jedem Client eine code_challenge mit S256.
authorize-unknown-client = Ein unbekannter Client bekommt eine Seite
    .effect = Ein Kunde könnte an eine Adresse geschickt werden, die niemand geprüft hat.
    .remedy = Zeigen Sie eine Seite, die sagt, wie man neu verbindet, und leiten Sie nie weiter.
authorize-foreign-redirect = Eine nicht registrierte Redirect-URI bekommt eine Seite
    .effect = Codes könnten an jeden geschickt werden.
    .remedy = Vergleichen Sie Redirect-URIs Zeichen für Zeichen, und zeigen Sie eine Seite, wenn sie verschieden sind.
authorize-redirect = Antworten gehen mit 302 oder 303 zurück
    .effect = Claude sagt „Method Not Allowed“, nachdem der Kunde erlaubt hat.
    .remedy = Antworten Sie dort nie mit 307 oder 308: Sie schicken das Formular weiter.
cimd-page = Ein unbekanntes Metadaten-Dokument bekommt eine Seite
    .effect = Ein Agent mit Metadaten-Dokument endet in einem leeren Fehler.
    .remedy = Sagen Sie auf einer Seite, dass das Dokument des Agenten nicht gelesen werden konnte, und leiten Sie nie weiter.
iss-sent = Antworten enthalten iss, wie versprochen
    .effect = Codex, Goose und das Python-SDK weisen die Antwort zurück.
    .remedy = Schicken Sie iss mit jedem Redirect, auch bei Fehlern, oder nehmen Sie das Versprechen aus den Metadaten.
iss-right = iss in Antworten ist der Issuer
    .effect = Agenten weisen die Antwort zurück.
    .remedy = Schicken Sie den Issuer Zeichen für Zeichen.
state-echoed = Antworten enthalten state, wie es kam
    .effect = Agenten weisen die Antwort zurück.
    .remedy = Schicken Sie state unverändert zurück.

## Where tokens are made and ended

token-form = Der Token-Endpunkt nimmt Formulare
    .effect = Kein Agent bekommt ein Token.
    .remedy = Lesen Sie application/x-www-form-urlencoded.
token-json = Die Fehler des Token-Endpunkts sind JSON
    .effect = Agenten verstehen nicht, was falsch ist, und Claude verbindet sich nicht.
    .remedy = Antworten Sie mit {"{"}"error": "…"{"}"} und application/json, auch aus dem, was vor dem Server steht.
token-unknown-client = Ein unbekannter Client erfährt es durch HTTP 401 und invalid_client
    .effect = Ein vergessener Agent registriert sich nie wieder.
    .remedy = Antworten Sie mit 401 und invalid_client.
token-bad-code = Ein schlechter Code wird mit HTTP 400 und invalid_grant beantwortet
    .effect = Agenten wissen nicht, dass sie neu beginnen müssen.
    .remedy = Antworten Sie mit 400 und invalid_grant.
token-no-store = Antworten des Token-Endpunkts werden nicht gespeichert
    .effect = Ein Zwischenspeicher könnte das Token von jemand anderem ausgeben.
    .remedy = Schicken Sie Cache-Control: no-store mit jeder Antwort.
revoke-answers = Die Rückgabe eines unbekannten Tokens wird mit HTTP 200 beantwortet
    .effect = Trennen sieht wie ein Fehler aus.
    .remedy = Antworten Sie mit 200, ob das Token bekannt war oder nicht.

## With an access token

given-token-accepted = Das angegebene Token wird angenommen
    .effect = Agenten haben ein Token und können es nicht nutzen.
    .remedy = Vergleichen Sie Issuer und Audience, die der Server erwartet, mit denen des Tokens.
given-token-claims = Das angegebene Token ist für diesen Server, von diesem Issuer
    .effect = Der Server kann seine eigenen Tokens nicht von anderen unterscheiden.
    .remedy = Machen Sie Tokens mit der Ressource als einziger Audience.
expired-token = Ein abgelaufenes Token wird mit invalid_token abgelehnt
    .effect = Ein Token endet nie, oder Agenten wissen nicht, dass sie es erneuern sollen.
    .remedy = Antworten Sie mit 401 und error="invalid_token".
tampered-token = Ein verändertes Token wird mit invalid_token abgelehnt
    .effect = Jeder kann Tokens machen.
    .remedy = Prüfen Sie die Signatur jedes Tokens.
insufficient-scope = Eine fehlende Erlaubnis wird mit HTTP 403 und insufficient_scope beantwortet
    .effect = Agenten können den Kunden nicht um das Fehlende bitten.
    .remedy = Antworten Sie mit 403, error="insufficient_scope" und den Scopes, die der Aufruf braucht.
burst-limited = Zu viele Aufrufe werden mit HTTP 429 und Retry-After beantwortet
    .effect = Ein einziger Agent kann den Shop für alle bremsen.
    .remedy = Begrenzen Sie die Aufrufe einer Verbindung, und sagen Sie, wann man wiederkommen soll.

## The console's page

console-health = Was Agenten sehen
health-title = Was Agenten sehen
health-lead = Sieht sich diese Umgebung von außen an, wie ChatGPT, Claude und Google es tun, wenn jemand den Shop hinzufügt.
health-look = Jetzt nachsehen
health-look-hint = Das dauert bis zu 20 Sekunden. Dabei werden ein paar Agenten namens „Tillgate doctor“ registriert, die ungenutzt bleiben und von allein verschwinden.
health-looked = Gerade nachgesehen. Unten steht, was zu sehen war.
health-busy = Gerade sieht jemand nach. Laden Sie diese Seite in ein paar Sekunden neu.
health-never = Niemand hat nachgesehen, seit der Server läuft.
health-no-server = Diese Umgebung hat keinen MCP-Server. Fügen Sie einen hinzu, mit dem Befehl „tillgate resource add“.
health-partial = Die Zeit reichte nicht für jeden Server.
health-looked-at = Nachgesehen
health-loopback = Diese Adresse liegt auf Ihrer eigenen Maschine, wohin keine gehostete Plattform kommt. Sie wird beurteilt, als könnten sie es.
health-links = Verbindet sich
health-links-but = Verbindet sich, aber
health-will-not-link = Verbindet sich nicht
health-unknown = Unbekannt
health-others = Die anderen Plattformen
health-also = Außerdem gefunden
health-seen = Gesehen
health-expected = Erwartet
health-check = Prüfung

## The command

doctor-target = { $address }, wie Agenten es sehen
doctor-reached-issuer = Das ist ein Autorisierungsserver, kein MCP-Server: Agenten bekommen die Adresse des MCP-Servers. Was folgt, handelt nur vom Autorisierungsserver.
doctor-loopback = Diese Adresse liegt auf Ihrer eigenen Maschine, wohin keine gehostete Plattform kommt. Sie wird beurteilt, als könnten sie es.
doctor-registered = Clients wurden registriert, um zu sehen, ob das geht. Sie sind ungenutzt und laufen ab. --no-register lässt das aus.
doctor-unreached = Nichts konnte untersucht werden: { $reason }
doctor-self-test = Selbsttest
doctor-platforms = Plattformen
doctor-findings = Befunde
doctor-no-findings = Es wurde nichts gefunden, das nicht so ist, wie es sein soll.
doctor-summary = { $passed } Prüfungen bestanden, { $failed } nicht bestanden.
doctor-step-passed = bestanden
doctor-step-failed = nicht bestanden: { $check }
