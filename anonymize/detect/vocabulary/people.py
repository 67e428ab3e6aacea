"""Words of column names that say who somebody is, where they live and how to reach them, in seven
languages.
"""

from __future__ import annotations

from anonymize.detect.weights import HINT, LIKELY, STRONG

PEOPLE: dict[str, dict[float, str]] = {
    "EMAIL_ADDRESS": {
        STRONG: (
            """
            email; e mail; mail; emails; email address; mail address; e mail address; emailaddress;
            correo; correo electronico; courriel; adresse email; adresse mail; mel; mailadresse;
            email adresse; emailadres; posta elettronica; endereco email; endereco de email; eposta;
            e post
        """
        ),
    },
    "PHONE_NUMBER": {
        STRONG: (
            """
            phone; telephone; phone number; phone no; phone num; phonenumber; mobile phone; mobile
            number; mobile no; cell phone; cellphone; telefon; telefonnummer; telefono; telefone;
            telefoon; telefoonnummer; tel; tel number; tel no; telf; tlf; handy; handynummer;
            mobilnummer; mobiltelefon; rufnummer; celular; cellulare; gsm; fax; fax number;
            faxnummer; msisdn; whatsapp; phone home; phone work; numero de telephone; numero
            telephone; numero telefono; numero de telefono; movil; telemovel; landline; festnetz;
            hotline; contact number; contact no; fone; caller number; caller id; calling number;
            phones; tel portable; recapito telefonico
        """
        ),
        LIKELY: (
            """
            mobile; cell; mobil; mobiel; portable; contact; contacto; contatto; contato
        """
        ),
    },
    "PERSON_NAME": {
        STRONG: (
            """
            first name; last name; middle name; full name; given name; family name; sur name;
            surname; fname; lname; mname; firstname; lastname; middlename; fullname; forename;
            maiden name; nick name; person name; vorname; nachname; familienname; zuname;
            geburtsname; vollname; vor und nachname; rufname; prenom; nom de famille; nom prenom;
            nom complet; prenom nom; nom et prenom; nom usage; nom naissance; apellido; apellidos;
            nombre y apellidos; nombre completo; primer nombre; segundo nombre; primer apellido;
            segundo apellido; nombres; apellido paterno; apellido materno; sobrenome; nome completo;
            apelido; primeiro nome; ultimo nome; nome da mae; nome mae; nome do pai; nome pai;
            cognome; nome e cognome; nome cognome; nominativo; voornaam; achternaam; tussenvoegsel;
            familienaam; volledige naam; roepnaam; customer name; client name; patient name;
            employee name; student name; user full name; contact name; owner name; author name;
            teacher name; doctor name; provider name; member name; manager name; passenger name;
            guest name; candidate name; applicant name; lead name; player name; driver name;
            beneficiary name; borrower name; tenant name; donor name; voter name; staff name; agent
            name; cardholder name; card holder; account holder; account name holder; holder name;
            recipient name; sender name; emergency contact name; spouse name; father name; mother
            name; parent name; guardian name; child name; victim name; artist name; actor name;
            director name; billing name; shipping name; legal name; display name; real name;
            preferred name; name first; name last; name of applicant; buyer name; seller name;
            physician name; prescriber name
        """
        ),
        LIKELY: (
            """
            name; names; nom; nome; nombre; naam; person; athlete; author; authors; passenger;
            employee; patient; customer; client; cliente; kunde; kundenname; klant; student;
            schueler; schuler; eleve; alumno; aluno; teacher; professor; prof; profs; profesor;
            lehrer; dozent; enseignant; docent; owner; eigentumer; contact person; ansprechpartner;
            mitarbeiter; angestellter; empleado; funcionario; dipendente; medewerker; player;
            joueur; jugador; jogador; spieler; manager; supervisor; boss; chef; leader; coach;
            trainer; captain; driver; pilot; actor; actress; director; artist; singer; candidate;
            applicant; nominee; winner; mayor; president; senator; deputy; cardholder; beneficiary;
            recipient; sender; assignee; reporter; reviewer; interviewer; spouse; father; mother;
            husband; wife; guardian; tenant; borrower; donor; voter; victim; suspect; officer;
            doctor; physician; surgeon; nurse; attorney; lawyer; judge; referee; salesperson; sales
            person; salesman; sales rep; representative; agent; payer; payee; holder; titular;
            titulaire; inhaber; verfasser; autor; auteur; autore; kontaktperson; contatto;
            responsable; responsabile; responsavel; signatory; witness; founder; ceo; principal
            investigator; investigator; speaker; member; mitglied; membre; miembro; membro; lid;
            instructor; technician; advisor; consultant; caregiver; sold by; signed by; ordered by;
            approved by; prepared by; paciente; paziente; patientin; medico; pasajero; passageiro;
            beneficiario; hijo; bewohner; initials; name initials; patient initials; middle initial;
            middle initials; initialen; initiales; iniciales; iniciais; iniziali; voorletters; known
            as; preferred name; rufname; nickname; nick name; spitzname; c o; klient; klientin;
            mandant; mandantin; kundin; inh; ansprechpartnerin; zustandig; bearbeiter
        """
        ),
        HINT: (
            """
            user; alias; by; title name; who; guest
        """
        ),
    },
    "USERNAME": {
        STRONG: (
            """
            username; user name; login; login name; loginname; logon; userid name; user login;
            nickname; screen name; handle; twitter handle; benutzername; benutzer; nom utilisateur;
            utilisateur; identifiant connexion; nombre usuario; nombre de usuario; usuario; nome
            usuario; nome utente; utente; gebruikersnaam; gebruiker; user account; account name;
            usr; uname; github; github username; twitter; instagram; skype; telegram; slack; github
            handle; linkedin handle; samaccountname; upn; userlogin; nick
        """
        ),
        LIKELY: (
            """
            user; user id; userid; screenname; commenter; poster; uploader; tweeter
        """
        ),
    },
    "SECRET": {
        STRONG: (
            """
            password; passwd; pwd; pass word; passphrase; secret; token; api key; apikey; access
            key; private key; secret key; auth token; access token; refresh token; password hash;
            pass hash; passwort; kennwort; mot de passe; mdp; contrasena; clave; senha; parola;
            wachtwoord; pin; pin code; cvv; cvc; cvv2; csc; security code; session token; bearer;
            salt; credential; credentials; encrypted password; hashed password; security answer;
            otp; session key; webhook secret; client secret; pass; seed phrase; mnemonic
        """
        ),
    },
    "STREET_ADDRESS": {
        STRONG: (
            """
            street address; address line; address line 1; address line 2; address 1; address 2;
            address1; address2; addr; addr1; street; street name; street number; house number; home
            address; mailing address; billing address; shipping address; postal address; residential
            address; work address; addresses; full address; permanent address; current address;
            delivery address; str addr; street addr; addressline; strasse; straße; str nr; strasse
            hausnummer; hausnummer; anschrift; wohnadresse; lieferadresse; rue; voie; numero voie;
            adresse postale; adresse rue; adresse complete; calle; domicilio; direccion; direccion
            postal; endereco; logradouro; rua; morada; indirizzo; via; indirizzo residenza; straat;
            straatnaam; huisnummer; adres; woonadres; domicile
        """
        ),
        LIKELY: (
            """
            address; adresse; avenue; apartment; apt; suite; residence; wohnort adresse; hno
        """
        ),
    },
    "CITY": {
        STRONG: (
            """
            city; town; city name; cityname; municipality; locality; stadt; ort; wohnort; stadtteil;
            gemeinde; ville; commune; localite; ciudad; municipio; localidad; poblacion; cidade;
            localidade; citta; comune; localita; stad; plaats; woonplaats; gemeente; birth city;
            place of birth; birthplace; birth place; geburtsort; lieu de naissance; lugar de
            nacimiento; luogo di nascita; naturalidade; home town; hometown; village; suburb;
            bairro; barrio; neighborhood; neighbourhood; quartier; borough; comuna; ciudad
            residencia; cities; post town; city town
        """
        ),
        LIKELY: (
            """
            place; lugar; lieu; luogo; standort; metro area; capital; origin city; destination city
        """
        ),
        HINT: (
            """
            area; origin; destination; zone; location
        """
        ),
    },
    "REGION": {
        STRONG: (
            """
            state; province; region; county; state province; prefecture; canton; kanton; bundesland;
            landkreis; kreis; bezirk; provincia; uf; estado uf; regione; provincie; oblast;
            district; distrito; state name; state code; state abbr; province code; region name;
            territory; governorate; comunidad autonoma; landesteil; st; prov; sigla uf; license
            state; birth state; home state; regio; gewest; county name; states; provinces;
            subdivision; parish; arrondissement; distretto; admin1
        """
        ),
        LIKELY: (
            """
            estado
        """
        ),
        HINT: (
            """
            area; zone; location; departement; departamento; departament
        """
        ),
    },
    "POSTAL_CODE": {
        STRONG: (
            """
            zip; zip code; zipcode; zip 4; postal code; postalcode; postcode; post code; postal; pin
            code postal; pincode; plz; postleitzahl; code postal; cp; codigo postal; cod postal;
            cep; cap; codice postale; postcodes; zip5; zips; eircode; billing zip; shipping zip;
            postnr; postnummer
        """
        ),
    },
    "COUNTRY": {
        STRONG: (
            """
            country; nation; country code; countrycode; country name; land; staat; herkunftsland;
            pays; pais; paese; nazione; nazionalita paese; country of birth; birth country; native
            country; country of residence; home country; geburtsland; pays de naissance; pais
            nacimiento; countries; iso2; iso3; iso country; country iso; country region; landcode;
            laendercode; residence country; origin country; country of origin
        """
        ),
        HINT: (
            """
            location; origin; territory; market; destination
        """
        ),
    },
    "LATITUDE_LONGITUDE": {
        STRONG: (
            """
            latitude; longitude; lat; lon; lng; lat long; lat lon; latlng; lat lng; geo;
            geolocation; gps; coordinates; coordinate; coords; latitud; longitud; breitengrad;
            laengengrad; langengrad; geo point; geopoint; gps coordinates; latitudine; longitudine;
            breedtegraad; lengtegraad; geom; the geom; wkt; point; gps lat; gps lon; geo location;
            pickup latitude; pickup longitude; georeference; georeferenced column; xcoord; ycoord; x
            coord; y coord; x coordinate; y coordinate
        """
        ),
        LIKELY: (
            """
            location; long; coord
        """
        ),
        HINT: (
            """
            x; y; position
        """
        ),
    },
    "DATE_OF_BIRTH": {
        STRONG: (
            """
            birth date; birthdate; date of birth; dob; birthday; birth day; born; birth; date birth;
            birth year; year of birth; birthyear; yob; year birth; birth month; born on;
            geburtsdatum; geburtstag; geb datum; geb; gebdat; geburtsjahr; geboren; date de
            naissance; date naissance; ddn; naissance; annee de naissance; annee naissance; fecha de
            nacimiento; fecha nacimiento; fec nac; f nacimiento; nacimiento; data de nascimento;
            data nascimento; dt nascimento; nascimento; dt nasc; data nasc; data di nascita; data
            nascita; nascita; geboortedatum; geboortejaar; birth dt; bdate; bday; date of birth dt;
            bith date; patient dob; dateofbirth; nac; ano nascimento; ne; nee; nato; nata; nascido;
            nascida; nacido; nacida; geb dat; gebd; gebdt; geb d; gebtag; geburtsd; geburtsdat;
            geburts dat; date nais; date naiss; dt naiss; naiss; dnaiss; fnac; f nac; fecnac; fecha
            nac; dt nac; dtnasc; nasc; geb datum; dofb; gebjahr; geb jahr
        """
        ),
    },
    "AGE": {
        STRONG: (
            """
            age; age years; age in years; patient age; customer age; alter; edad; idade; eta;
            leeftijd; age at; ages; age group; agegroup; age range; age band; altersgruppe; age
            bracket; current age; lebensalter; age at diagnosis; tranche age; age class; age bucket;
            age span; age cohort; tranche d age; classe age; altersklasse; altersstufe; grupo edad;
            grupo etario; grupo de edad; fascia eta; fasce eta; leeftijdsgroep; leeftijdscategorie;
            aldersgruppe; faixa etaria; rango edad; age category; age cat; age yrs; client age;
            driver age; anios edad; how old; wie alt; quel age; cuantos anos; quantos anos; quanti
            anni; hoe oud
        """
        ),
    },
    "GENDER": {
        STRONG: (
            """
            gender; sex; geschlecht; sexe; sexo; sesso; genere; genre; genero; geslacht; gender
            code; gender identity; sex code; biological sex; anrede; salutation; pronouns; pronoun;
            gndr; male female
        """
        ),
        LIKELY: (
            """
            civilite; tratamiento; title
        """
        ),
        HINT: (
            """
            m f
        """
        ),
    },
}
"""Verdict → weight → folded phrases separated by semicolons."""
