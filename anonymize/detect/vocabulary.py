"""Words of column names, by what they say: English, German, French, Spanish, Portuguese, Italian, Dutch.

Phrases are folded (no accents, lower case), words separated by one blank. ``STRONG`` settles the
matter when the values fit, ``LIKELY`` needs values that fit well, ``HINT`` only leans.
"""

from __future__ import annotations

from anonymize.detect.words import word_set

STRONG, LIKELY, HINT = 0.9, 0.7, 0.4

PHRASES: dict[str, dict[float, str]] = {
    "EMAIL_ADDRESS": {
        STRONG: """
            email; e mail; mail; emails; email address; mail address; e mail address; emailaddress; correo;
            correo electronico; courriel; adresse email; adresse mail; mel; mailadresse; email adresse; emailadres;
            posta elettronica; endereco email; endereco de email; eposta; e post
        """,
    },
    "PHONE_NUMBER": {
        STRONG: """
            phone; telephone; phone number; phone no; phone num; phonenumber; mobile phone; mobile number; mobile no;
            cell phone; cellphone; telefon; telefonnummer; telefono; telefone; telefoon; telefoonnummer; tel;
            tel number; tel no; telf; tlf; handy; handynummer; mobilnummer; mobiltelefon; rufnummer; celular;
            cellulare; gsm; fax; fax number; faxnummer; msisdn; whatsapp; phone home; phone work; numero de telephone;
            numero telephone; numero telefono; numero de telefono; movil; telemovel; landline; festnetz; hotline;
            contact number; contact no; fone; caller number; caller id; calling number; phones; tel portable;
            recapito telefonico
        """,
        LIKELY: """
            mobile; cell; mobil; mobiel; portable; contact; contacto; contatto; contato
        """,
    },
    "PERSON_NAME": {
        STRONG: """
            first name; last name; middle name; full name; given name; family name; sur name; surname; fname; lname;
            mname; firstname; lastname; middlename; fullname; forename; maiden name; nick name; person name; vorname;
            nachname; familienname; zuname; geburtsname; vollname; vor und nachname; rufname; prenom; nom de famille;
            nom prenom; nom complet; prenom nom; nom et prenom; nom usage; nom naissance; apellido; apellidos;
            nombre y apellidos; nombre completo; primer nombre; segundo nombre; primer apellido; segundo apellido;
            nombres; apellido paterno; apellido materno; sobrenome; nome completo; apelido; primeiro nome;
            ultimo nome; nome da mae; nome mae; nome do pai; nome pai; cognome; nome e cognome; nome cognome;
            nominativo; voornaam; achternaam; tussenvoegsel; familienaam; volledige naam; roepnaam; customer name;
            client name; patient name; employee name; student name; user full name; contact name; owner name;
            author name; teacher name; doctor name; provider name; member name; manager name; passenger name;
            guest name; candidate name; applicant name; lead name; player name; driver name; beneficiary name;
            borrower name; tenant name; donor name; voter name; staff name; agent name; cardholder name; card holder;
            account holder; account name holder; holder name; recipient name; sender name; emergency contact name;
            spouse name; father name; mother name; parent name; guardian name; child name; victim name; artist name;
            actor name; director name; billing name; shipping name; legal name; display name; real name;
            preferred name; name first; name last; name of applicant; buyer name; seller name; physician name;
            prescriber name
        """,
        LIKELY: """
            name; names; nom; nome; nombre; naam; person; athlete; author; authors; passenger; employee; patient;
            customer; client; cliente; kunde; kundenname; klant; student; schueler; schuler; eleve; alumno; aluno;
            teacher; professor; prof; profs; profesor; lehrer; dozent; enseignant; docent; owner; eigentumer;
            contact person; ansprechpartner; mitarbeiter; angestellter; empleado; funcionario; dipendente; medewerker;
            player; joueur; jugador; jogador; spieler; manager; supervisor; boss; chef; leader; coach; trainer;
            captain; driver; pilot; actor; actress; director; artist; singer; candidate; applicant; nominee; winner;
            mayor; president; senator; deputy; cardholder; beneficiary; recipient; sender; assignee; reporter;
            reviewer; interviewer; spouse; father; mother; husband; wife; guardian; tenant; borrower; donor; voter;
            victim; suspect; officer; doctor; physician; surgeon; nurse; attorney; lawyer; judge; referee;
            salesperson; sales person; salesman; sales rep; representative; agent; payer; payee; holder; titular;
            titulaire; inhaber; verfasser; autor; auteur; autore; kontaktperson; contatto; responsable; responsabile;
            responsavel; signatory; witness; founder; ceo; principal investigator; investigator; speaker; member;
            mitglied; membre; miembro; membro; lid; instructor; technician; advisor; consultant; caregiver; sold by;
            signed by; ordered by; approved by; prepared by; paciente; paziente; patientin; medico; pasajero;
            passageiro; beneficiario; hijo; bewohner
        """,
        HINT: """
            user; initials; alias; by; title name; who; guest
        """,
    },
    "USERNAME": {
        STRONG: """
            username; user name; login; login name; loginname; logon; userid name; user login; nickname; screen name;
            handle; twitter handle; benutzername; benutzer; nom utilisateur; utilisateur; identifiant connexion;
            nombre usuario; nombre de usuario; usuario; nome usuario; nome utente; utente; gebruikersnaam; gebruiker;
            user account; account name; usr; uname; github; github username; twitter; instagram; skype; telegram;
            slack; github handle; linkedin handle; samaccountname; upn; userlogin; nick
        """,
        LIKELY: """
            user; user id; userid; screenname; commenter; poster; uploader; tweeter
        """,
    },
    "SECRET": {
        STRONG: """
            password; passwd; pwd; pass word; passphrase; secret; token; api key; apikey; access key; private key;
            secret key; auth token; access token; refresh token; password hash; pass hash; passwort; kennwort;
            mot de passe; mdp; contrasena; clave; senha; parola; wachtwoord; pin; pin code; cvv; cvc; cvv2; csc;
            security code; session token; bearer; salt; credential; credentials; encrypted password; hashed password;
            security answer; otp; session key; webhook secret; client secret; pass; seed phrase; mnemonic
        """,
    },
    "STREET_ADDRESS": {
        STRONG: """
            street address; address line; address line 1; address line 2; address 1; address 2; address1; address2;
            addr; addr1; street; street name; street number; house number; home address; mailing address;
            billing address; shipping address; postal address; residential address; work address; addresses;
            full address; permanent address; current address; delivery address; str addr; street addr; addressline;
            strasse; straße; str nr; strasse hausnummer; hausnummer; anschrift; wohnadresse; lieferadresse; rue; voie;
            numero voie; adresse postale; adresse rue; adresse complete; calle; domicilio; direccion;
            direccion postal; endereco; logradouro; rua; morada; indirizzo; via; indirizzo residenza; straat;
            straatnaam; huisnummer; adres; woonadres; domicile
        """,
        LIKELY: """
            address; adresse; avenue; apartment; apt; suite; residence; wohnort adresse; hno
        """,
    },
    "CITY": {
        STRONG: """
            city; town; city name; cityname; municipality; locality; stadt; ort; wohnort; stadtteil; gemeinde; ville;
            commune; localite; ciudad; municipio; localidad; poblacion; cidade; localidade; citta; comune; localita;
            stad; plaats; woonplaats; gemeente; birth city; place of birth; birthplace; birth place; geburtsort;
            lieu de naissance; lugar de nacimiento; luogo di nascita; naturalidade; home town; hometown; village;
            suburb; bairro; barrio; neighborhood; neighbourhood; quartier; borough; comuna; ciudad residencia; cities;
            post town; city town
        """,
        LIKELY: """
            place; lugar; lieu; luogo; standort; metro area; capital; origin city; destination city
        """,
        HINT: """
            area; origin; destination; zone; location
        """,
    },
    "REGION": {
        STRONG: """
            state; province; region; county; state province; prefecture; canton; kanton; bundesland; landkreis; kreis;
            bezirk; departement; provincia; departamento; uf; estado uf; regione; provincie; oblast; district;
            distrito; state name; state code; state abbr; province code; region name; territory; governorate;
            comunidad autonoma; landesteil; st; prov; sigla uf; license state; birth state; home state; regio; gewest;
            county name; states; provinces; subdivision; parish; arrondissement; distretto; admin1
        """,
        LIKELY: """
            estado
        """,
        HINT: """
            area; zone; location
        """,
    },
    "POSTAL_CODE": {
        STRONG: """
            zip; zip code; zipcode; zip 4; postal code; postalcode; postcode; post code; postal; pin code postal;
            pincode; plz; postleitzahl; code postal; cp; codigo postal; cod postal; cep; cap; codice postale;
            postcodes; zip5; zips; eircode; billing zip; shipping zip; postnr; postnummer
        """,
    },
    "COUNTRY": {
        STRONG: """
            country; nation; country code; countrycode; country name; land; staat; herkunftsland; pays; pais; paese;
            nazione; nazionalita paese; country of birth; birth country; native country; country of residence;
            home country; geburtsland; pays de naissance; pais nacimiento; countries; iso2; iso3; iso country;
            country iso; country region; landcode; laendercode; residence country; origin country; country of origin
        """,
        HINT: """
            location; origin; territory; market; destination
        """,
    },
    "LATITUDE_LONGITUDE": {
        STRONG: """
            latitude; longitude; lat; lon; lng; lat long; lat lon; latlng; lat lng; geo; geolocation; gps;
            coordinates; coordinate; coords; latitud; longitud; breitengrad; laengengrad; langengrad; geo point;
            geopoint; gps coordinates; latitudine; longitudine; breedtegraad; lengtegraad; geom; the geom; wkt; point;
            gps lat; gps lon; geo location; pickup latitude; pickup longitude; georeference; georeferenced column;
            xcoord; ycoord; x coord; y coord; x coordinate; y coordinate
        """,
        LIKELY: """
            location; long; coord
        """,
        HINT: """
            x; y; position
        """,
    },
    "DATE_OF_BIRTH": {
        STRONG: """
            birth date; birthdate; date of birth; dob; birthday; birth day; born; birth; date birth; birth year;
            year of birth; birthyear; yob; year birth; birth month; born on; geburtsdatum; geburtstag; geb datum; geb;
            gebdat; geburtsjahr; geboren; date de naissance; date naissance; ddn; naissance; annee de naissance;
            annee naissance; fecha de nacimiento; fecha nacimiento; fec nac; f nacimiento; nacimiento;
            data de nascimento; data nascimento; dt nascimento; nascimento; dt nasc; data nasc; data di nascita;
            data nascita; nascita; geboortedatum; geboortejaar; birth dt; bdate; bday; date of birth dt; bith date;
            patient dob; dateofbirth; nac; ano nascimento
        """,
    },
    "AGE": {
        STRONG: """
            age; age years; age in years; patient age; customer age; alter; edad; idade; eta; leeftijd; age at; ages;
            age group; agegroup; age range; age band; altersgruppe; age bracket; current age; lebensalter;
            age at diagnosis; tranche age; faixa etaria; rango edad; age category; age cat; age yrs; client age;
            driver age; anios edad
        """,
    },
    "GENDER": {
        STRONG: """
            gender; sex; geschlecht; sexe; sexo; sesso; genere; genre; genero; geslacht; gender code; gender identity;
            sex code; biological sex; anrede; salutation; pronouns; pronoun; gndr; male female
        """,
        LIKELY: """
            civilite; tratamiento; title
        """,
        HINT: """
            m f
        """,
    },
    "DEMOGRAPHIC": {
        STRONG: """
            race; ethnicity; ethnic group; ethnic; ethnie; religion; marital status; marital; maritalstatus; married;
            ever married; familienstand; etat civil; estado civil; stato civile; burgerlijke staat; nationality;
            nationalitaet; nationalitat; staatsangehoerigkeit; staatsangehorigkeit; nationalite; nacionalidad;
            nacionalidade; nazionalita; nationaliteit; citizenship; citizen; immigration status; veteran;
            veteran status; sexual orientation; orientation; mother tongue; native language; caste; tribe; hispanic;
            raza; raca; cor raca; etnia; religiao; religione; political party; party affiliation;
            political affiliation; konfession; union member; relationship status; civil status; household size;
            number of children; children count; num children; kids; dependents; number of dependents; dependants;
            race ethnicity; disability status; ethnic origin; marriage status; marriage; level of education;
            education level; highest education; escolaridade; urban rural
        """,
        LIKELY: """
            education; language; children; family size; relationship; degree; bildung; schulabschluss; religious
        """,
    },
    "NATIONAL_ID": {
        STRONG: """
            ssn; social security; social security number; social security no; sin; nin; nino; national id;
            national identity; national identification number; nationalid; national insurance;
            national insurance number; passport; passport no; passport number; passportno; driver license;
            drivers license; driver licence; driving license; driving licence; driver license number; dl number;
            license number; licence number; id card; id card number; identity card; identity number;
            identity document; id number; id no; tax id; taxid; tax number; tax identification number; tin; itin; ein;
            vat id; vat number; nhs number; nhs; medicare; medicare number; npi; dea number; aadhaar; aadhar; pan;
            pan number; personalausweis; ausweisnummer; reisepass; reisepassnummer; steuer id; steuernummer;
            steueridentifikationsnummer; sozialversicherungsnummer; sv nummer; rentenversicherungsnummer;
            krankenversichertennummer; numero de securite sociale; numero securite sociale; nir; numero passeport;
            passeport; carte identite; insee; dni; nie; nif; cif; rfc; curp; cedula; cedula identidad; rut; run; cuit;
            cuil; pasaporte; documento identidad; numero documento; documento; nro documento; cpf; cnpj; rg;
            passaporte; cartao cidadao; nis; pis; titulo eleitor; codice fiscale; cod fiscale; codicefiscale;
            partita iva; passaporto; carta identita; patente; bsn; burgerservicenummer; sofinummer; paspoort;
            rijbewijs; paspoortnummer; pesel; personnummer; cpr; cpr number; fodselsnummer; henkilotunnus; rrn; jmbg;
            egn; cnp; amka; social insurance number; health card number; health insurance number; voter id;
            voter registration; green card; license plate; plate number; medical record number; mrn; kennzeichen; vin;
            ssn4; ssn last 4; last4ssn; ssn last4; social; ssnum; soc sec; soc sec no; alien number; uscis; hicn; mbi;
            military id; afm; ic number; nric; mykad
        """,
    },
    "CREDIT_CARD": {
        STRONG: """
            credit card; creditcard; card number; card no; cardnumber; card num; cc number; cc num; ccnum; cc no;
            credit card number; credit card no; creditcardnumber; kreditkarte; kreditkartennummer; kartennummer;
            carte bancaire; numero carte; numero de carte; carte credit; numero tarjeta; tarjeta; tarjeta credito;
            numero de tarjeta; cartao; cartao credito; numero cartao; numero do cartao; carta credito;
            carta di credito; numero carta; creditcardnummer; debit card; debit card number; payment card;
            primary account number; cc; pan card number; credit debit card
        """,
        LIKELY: """
            card; karte; card pan
        """,
    },
    "BANK_ACCOUNT": {
        STRONG: """
            iban; bank account; bank account number; account number; account no; accountnumber; acct; acct no;
            acct number; acc no; acc number; accountno; bban; bic; swift; swift code; bic swift; routing number;
            routing no; sort code; aba; bankverbindung; konto; kontonummer; kontonr; bankleitzahl; blz;
            compte bancaire; numero compte; numero de compte; rib; cuenta; cuenta bancaria; numero cuenta;
            numero de cuenta; clabe; cbu; conta; conta bancaria; numero conta; agencia conta; conto; conto corrente;
            numero conto; rekening; rekeningnummer; bankrekening; bankrekeningnummer; bank routing number; routing;
            bank acct; beneficiary account; account iban; crypto wallet; wallet address; bitcoin address; btc address;
            wallet; nameorig; namedest; ifsc
        """,
        LIKELY: """
            account; compte; bank
        """,
    },
    "IP_ADDRESS": {
        STRONG: """
            ip; ip address; ipaddress; ip addr; ipaddr; ipv4; ipv6; source ip; src ip; dest ip; destination ip;
            dst ip; client ip; remote ip; remote addr; remote address; host ip; server ip; adresse ip; direccion ip;
            ip adresse; endereco ip; indirizzo ip; ip adres; last ip; login ip; ip src; ip dst; source address;
            destination address; saddr; daddr; srcip; dstip; c ip; s ip; x forwarded for; visitor ip; ips
        """,
        LIKELY: """
            source; destination; src; dst
        """,
    },
    "MAC_ADDRESS": {
        STRONG: """
            mac; mac address; macaddress; mac addr; hardware address; bssid; wifi mac; ethernet address;
            physical address mac; hwaddr; bluetooth address; mac adresse
        """,
    },
    "URL": {
        STRONG: """
            url; urls; website; web site; web; homepage; home page; link; links; uri; webseite; site web; sitio web;
            pagina web; href; image url; profile url; linkedin; linkedin url; facebook; photo url; avatar; avatar url;
            domain; domain name; referrer; referer; thumbnail; permalink; web address; site internet; sito web; sito;
            site; webpage; web page; img src; poster url; weblink
        """,
        LIKELY: """
            image; photo; picture; img; hostname; host; foto
        """,
    },
    "RECORD_ID": {
        STRONG: """
            id; uuid; guid; record id; row id; rowid; user id; userid; customer id; client id; patient id;
            employee id; order id; account id; transaction id; session id; device id; product id; person id;
            member id; student id; emp id; cust id; key; primary key; pk; object id; objectid; record number;
            order number; invoice number; customer number; employee number; emp no; ticket id; case id; case number;
            customer no; serial number; serial; identifier; kundennummer; kunden nr; personalnummer; pers nr; lfd nr;
            laufende nummer; auftragsnummer; bestellnummer; matrikelnummer; kundenid; identifiant; numero client;
            num client; matricule; numero commande; identificador; codigo cliente; codigo; matricula; numero pedido;
            id cliente; codice; codice cliente; klantnummer; ordernummer; personeelsnummer; student no; roll no;
            roll number; rollno; seq; sequence; booking id; policy number; member number; membership number;
            badge number; enrollment number; registration number; reg no; tracking number; vehicle id; imei; imsi;
            device serial; cookie id; gclid; advertising id; idfa; uid; gid; pid; cid; oid; sid; ref; reference;
            reference number; ref no; invoice no; order no; account key; hash; tconst; nconst; asin; sku; isbn; upc;
            ean; barcode; part number; part no; item number; codart; ndc; accession; accession number; catalog number;
            passengerid; visitor id; anonymous id; doi; ids; tid; storenum; store number; user pseudo id; invoice;
            record no; sample id; subject id; participant id; study id; encounter id; npi number; recid
        """,
        LIKELY: """
            unnamed 0; index; idx; number; no; nr; num; nummer; numero; code; row; unnamed; rank id; order; ticket;
            created by id
        """,
        HINT: """
            created by; updated by; modified by; subject; participant; sample
        """,
    },
    "ORGANIZATION": {
        STRONG: """
            company; company name; companyname; organization; organisation; organization name; organisation name; org;
            org name; employer; employer name; firm; firma; firmenname; unternehmen; arbeitgeber; entreprise; societe;
            raison sociale; nom entreprise; employeur; empresa; nombre empresa; razon social; compania; organizacion;
            nome empresa; razao social; organizacao; azienda; ragione sociale; societa; nome azienda; bedrijf;
            bedrijfsnaam; organisatie; werkgever; business name; business; vendor; vendor name; supplier;
            supplier name; lieferant; fournisseur; proveedor; fornecedor; fornitore; leverancier; manufacturer;
            hersteller; publisher; agency; agency name; institution; institution name; university; school;
            school name; college; hospital; hospital name; clinic; bank name; facility name; airline; carrier;
            corporation; studio; distributor; merchant; merchant name; sponsor; insurer; insurance company;
            trade name; dba name; legal business name; store name; restaurant; restaurant name; hotel name;
            provider organization; charity; universidad; universidade; universita; companies; startup;
            employer organization; operator; utility name; club; team name; payer name insurance; affiliation;
            affiliations; account company
        """,
        LIKELY: """
            brand; make; marke; marque; marca; team; facility; hotel; store; shop; party; customer company; issuer;
            retailer; developer
        """,
        HINT: """
            account name; bank; network; label
        """,
    },
    "HEALTH": {
        STRONG: """
            diagnosis; diagnoses; diagnosis code; icd; icd9; icd10; icd code; disease; diseases; condition name;
            medical condition; symptom; symptoms; treatment; medication; medications; drug; drug name; prescription;
            dosage; allergy; allergies; blood type; blood group; bloodtype; blood pressure; bloodpressure; bp;
            systolic; diastolic; cholesterol; glucose; insulin; bmi; body mass index; heart rate; pulse; hypertension;
            diabetes; stroke; smoking; smoker; smoking status; heart disease; cancer; tumor; tumour; diagnose;
            krankheit; erkrankung; behandlung; medikament; blutgruppe; groesse gewicht; diagnostic; maladie;
            traitement; medicament; groupe sanguin; diagnostico; enfermedad; sintomas; tratamiento medico;
            medicamento; alergias; tipo sangre; grupo sanguineo; doenca; tipo sanguineo; diagnosi; malattia; farmaco;
            gruppo sanguigno; ziekte; medicatie; bloedgroep; anaemia; anemia; platelets; ejection fraction;
            serum creatinine; serum sodium; creatinine phosphokinase; hemoglobin; haemoglobin; hba1c; pregnancies;
            skin thickness; diabetes pedigree function; test results; lab result; medical history; procedure code;
            cpt; chief complaint; cause of death; vaccination; vaccine; covid; hiv; pregnant; disability; handicap;
            alcohol; obesity; comorbidities; mental health; depression; anxiety; stress level; sleep duration;
            sleep disorder; fever; cough; fatigue; chest pain; chest pain type; resting bp; fasting bs; resting ecg;
            max hr; exercise angina; oldpeak; st slope; motif absence; avg glucose level; glucose level; death event;
            high blood pressure; weight kg; body weight; height cm; medical notes; health status; health condition;
            drug use; steps; calories burned; menopause; tumor size; thal; trestbps; chol; fbs; restecg; thalach;
            exang
        """,
        LIKELY: """
            condition; medical; clinical; weight; height; dose; procedure; outcome death; gewicht; poids; peso;
            altura; taille; lab; temperature body; body temperature; waist; hip; physical activity; kidney disease;
            asthma
        """,
    },
    "FINANCIAL": {
        STRONG: """
            salary; income; annual income; yearly income; monthly income; wage; wages; gehalt; lohn; einkommen;
            jahresgehalt; salaire; revenu; salario; sueldo; ingresos; renda; faixa renda; stipendio; reddito; salaris;
            inkomen; loon; net worth; networth; credit score; creditscore; credit limit; credit rating; balance;
            account balance; kontostand; solde; saldo; debt; loan amount; loan; mortgage; transaction amount; tax;
            taxes paid; bonus; compensation; pay; pay rate; base pay; total pay; hourly rate; household income;
            savings; savings account; assets; estimated salary; estimatedsalary; salary class; remuneration;
            spending score; median income; medianincome; revenu annuel; renda mensal; salario mensual; vencimento;
            fico; fico score; income bracket; dti; installment; amt income total; amt credit; loan status;
            overtime pay; monthlyincome; annual salary; salary in usd; ctc; capital gain; capital loss
        """,
        LIKELY: """
            amount; payment; payments; credit; betrag; montant; importe; valor; importo; bedrag; total spent;
            purchase amount; revenue; charges; premium; fee; deposit; withdrawal; oldbalanceorg; newbalanceorig;
            expenses; total charges; monthly charges; transaction value; amt
        """,
        HINT: """
            price; cost; total; paid; sales
        """,
    },
    "DATE_TIME": {
        STRONG: """
            date; datetime; date time; timestamp; time stamp; created at; updated at; created on; updated on; created;
            updated; modified; modified at; last updated; last modified; deleted at; start date; end date; due date;
            order date; transaction date; hire date; hiredate; join date; joining date; registration date;
            signup date; sign up date; enrollment date; admission date; discharge date; invoice date; ship date;
            delivery date; open date; opendate; close date; expiry date; expiration date; expiry; visit date;
            visited at; last login; login time; last seen; event time; event date; departure time; arrival time;
            checkin date; added date; release date; datum; zeit; uhrzeit; zeitstempel; erstellt am; geaendert am;
            eintrittsdatum; bestelldatum; beginn; ende; date creation; date de creation; date commande; heure;
            horodatage; jour; fecha; hora; fecha alta; fecha registro; fecha creacion; data cadastro; data criacao;
            data pedido; data ora; giorno; ora; tijd; datum tijd; tijdstip; month; year; day; hour; weekday;
            day of week; week; quarter; minute; jahr; monat; tag; annee; mois; ano; mes; anno; mese; jaar; maand; dag;
            stunde; time; time of day; yr; yyyymm; period; dt; dod; date of death; death date; logged at; posted at;
            published at; publication date; publish date; start time; end time; date of purchase
        """,
        LIKELY: """
            since; start; end; data; season; duration; at; modified date; published; joined; first seen; posted;
            deadline; scheduled; arrival; departure; term
        """,
    },
    "FREE_TEXT": {
        STRONG: """
            comment; comments; note; notes; description; text; message; body; remarks; remark; review; review text;
            feedback; content; summary; transcript; narrative; bio; biography; about; resume text; resume;
            cover letter; question; answer; query; prompt; response; conversation; beschreibung; kommentar;
            kommentare; bemerkung; bemerkungen; notiz; notizen; nachricht; anmerkung; freitext; commentaire;
            commentaires; remarque; remarques; texte; avis; comentario; comentarios; observaciones; descripcion;
            texto; mensaje; nota; notas; observacao; observacoes; descricao; mensagem; commento; commenti;
            osservazioni; descrizione; testo; messaggio; opmerking; opmerkingen; omschrijving; beschrijving; bericht;
            tekst; tweet; post; chat; email body; subject; complaint; issue; issue summary; details; statement;
            abstract; caption; headline; reason; instructions; observations; plot; overview; synopsis; lyrics;
            user query; utterance; sentence; paragraph; document; article; log; memo; consumer complaint narrative;
            email conversations
        """,
        HINT: """
            title; motif; grund; info; information; other
        """,
    },
}
"""Verdict → weight → phrases separated by semicolons."""

THINGS = word_set(
    """
        product item file event course subject department dept category project table column field class type model
        station song movie film book game variable function dataset group feature attribute program programme service
        campaign task activity test exam species genus family order breed plant animal dish food recipe ingredient
        color colour job role position process app application package module version device sensor machine part
        material vehicle car route line street road building room lake river mountain park track album playlist
        channel show episode series ship vessel aircraft pokemon character drug medicine chemical gene protein disease
        element planet star stock fund index currency language plan tier skill tag topic metric parameter unit layer
        node host server database schema repo repository branch common scientific short long internal code sheet page
        section menu button screen icon certificate semester grade policy rule method algorithm experiment treatment
        sample site display tournament league match produkt artikel datei abteilung kategorie fach kurs produit
        article fichier departement categorie matiere cours producto articulo archivo categoria materia curso produto
        arquivo disciplina prodotto articolo corso bestand afdeling vak tipo art
    """
)
"""Nouns whose *name* is not a person's."""

ORGANIZATIONS = word_set(
    """
        company organization organisation org employer firm business vendor supplier manufacturer brand store shop
        bank school university college hospital clinic agency institution team club restaurant hotel merchant airline
        provider facility studio publisher firma unternehmen entreprise societe empresa azienda bedrijf carrier
        insurer legal corporation account sponsor
    """
)
"""Nouns whose *name* is an organization's."""

HEADS_NONE = word_set(
    """
        status type flag count counts score rate ratio pct percent percentage level rank ranking average avg mean
        median max min std length len valid verified enabled active format size width height version mode category cat
        class group label description kind is has was can should use num number_of total sum quantity qty limit
        threshold accuracy probability prob error enc encoded encoding confirmed opt subscribed preference preferences
        provider frequency distance speed source channel method state_id strength reset attempts anzahl menge statut
        statistik quantidade cantidad nombre_de nb tipo typ art klasse estatus situacao stato bandera flags missing
        present available visible public private required consent sent opened clicked changed expired
    """
)
"""Words that, as the head of a name, say that the column tells something *about* a thing: ``email_status``."""

NONE_NAMES = word_set(
    """
        target label survived species genus price quantity qty color colour size weight_g width height_px length depth
        volume area_sqft sqft rating score rank grade class category type status flag count temperature humidity
        pressure speed wind rainfall precipitation power energy voltage horsepower mpg cylinders displacement
        acceleration engine fuel transmission mileage odometer brand model make product sport gold silver bronze medal
        points goals assists wins losses games position team event stage round currency unit units discount stock tags
        genre genres runtime budget votes likes shares retweets views clicks impressions sentiment polarity
        language_code protocol port bytes packets duration department role job job_title title occupation profession
        beruf poste puesto cargo qualifica functie seniority specialty speciality device os browser platform channel
        campaign source medium plan tier priority severity version vote
    """
)
"""Words that say the column holds nothing personal."""

LINKS = word_set(
    """
        a am and d da das de degli dei del della dello den der des di do dos du e el et for im in l la las le les los
        of on par per por the to und van y zum zur
    """
)
"""Words between nouns, ignored."""
