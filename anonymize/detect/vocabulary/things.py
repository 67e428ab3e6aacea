"""Words of column names that say what belongs to somebody, or what is no person at all, in seven
languages.
"""

from __future__ import annotations

from anonymize.detect.weights import HINT, LIKELY, STRONG

THINGS_OF: dict[str, dict[float, str]] = {
    "DEMOGRAPHIC": {
        STRONG: (
            """
            race; ethnicity; ethnic group; ethnic; ethnie; religion; marital status; marital;
            maritalstatus; married; ever married; familienstand; etat civil; estado civil; stato
            civile; burgerlijke staat; nationality; nationalitaet; nationalitat;
            staatsangehoerigkeit; staatsangehorigkeit; nationalite; nacionalidad; nacionalidade;
            nazionalita; nationaliteit; citizenship; citizen; immigration status; veteran; veteran
            status; sexual orientation; orientation; mother tongue; native language; caste; tribe;
            hispanic; raza; raca; cor raca; etnia; religiao; religione; political party; party
            affiliation; political affiliation; konfession; union member; relationship status; civil
            status; household size; number of children; children count; num children; kids;
            dependents; number of dependents; dependants; race ethnicity; disability status; ethnic
            origin; marriage status; marriage; level of education; education level; highest
            education; escolaridade; urban rural
        """
        ),
        LIKELY: (
            """
            education; language; muttersprache; langue; children; family size; relationship; degree;
            bildung; schulabschluss; religious
        """
        ),
    },
    "NATIONAL_ID": {
        STRONG: (
            """
            ssn; social security; social security number; social security no; sin; nin; nino;
            national id; national identity; national identification number; nationalid; national
            insurance; national insurance number; passport; passport no; passport number;
            passportno; driver license; drivers license; driver licence; driving license; driving
            licence; driver license number; dl number; license number; licence number; id card; id
            card number; identity card; identity number; identity document; id number; id no; tax
            id; taxid; tax number; tax identification number; tin; itin; ein; vat id; vat number;
            nhs number; nhs; medicare; medicare number; npi; dea number; aadhaar; aadhar; pan; pan
            number; personalausweis; ausweisnummer; reisepass; reisepassnummer; steuer id;
            steuernummer; steueridentifikationsnummer; sozialversicherungsnummer; sv nummer;
            rentenversicherungsnummer; krankenversichertennummer; numero de securite sociale; numero
            securite sociale; nir; numero passeport; passeport; carte identite; insee; dni; nie;
            nif; cif; rfc; curp; cedula; cedula identidad; rut; run; cuit; cuil; pasaporte;
            documento identidad; numero documento; documento; nro documento; cpf; cnpj; rg;
            passaporte; cartao cidadao; nis; pis; titulo eleitor; codice fiscale; cod fiscale;
            codicefiscale; partita iva; passaporto; carta identita; patente; bsn;
            burgerservicenummer; sofinummer; paspoort; rijbewijs; paspoortnummer; pesel;
            personnummer; cpr; cpr number; fodselsnummer; henkilotunnus; rrn; jmbg; egn; cnp; amka;
            social insurance number; health card number; health insurance number; voter id; voter
            registration; green card; license plate; plate number; medical record number; mrn;
            kennzeichen; vin; ssn4; ssn last 4; last4ssn; ssn last4; social; ssnum; soc sec; soc sec
            no; alien number; uscis; hicn; mbi; military id; afm; ic number; nric; mykad; vehicle
            reg; vehicle registration; vehicle registration number; vehicle registration no; vehicle
            reg no; car reg; car registration; registration plate; reg plate; licence plate; number
            plate; numberplate; vehicle plate; car plate; plate no; plate nr; vrn; vrm; car reg no;
            vehicle number plate; licence plate number; license plate number; kfz kennzeichen;
            autokennzeichen; nummernschild; immatriculation; plaque immatriculation; plaque;
            matricula vehiculo; matricula coche; placa; placa vehiculo; placa veiculo; targa; targa
            veicolo; kenteken; nummerplaat; numer rejestracyjny; nr rejestracyjny; ausweis;
            ausweisnr; ausweis id; personalausweisnummer; passnummer; pass nummer; fuhrerschein;
            fuhrerscheinnummer; svnr; sv nr; rv nr; rvnr; versichertennummer; versicherten nr; kvnr;
            steuer nr; stnr; steuernr; idnr; steuer idnr; kennz; kfz kennz; kfz nr; fin;
            fahrgestellnummer; fahrgestellnr; fahrgestell; amtliches kennzeichen; immat; matricule
            vehicule; num secu; n secu; nss; cni; n ss
        """
        ),
    },
    "CREDIT_CARD": {
        STRONG: (
            """
            credit card; creditcard; card number; card no; cardnumber; card num; cc number; cc num;
            ccnum; cc no; credit card number; credit card no; creditcardnumber; kreditkarte;
            kreditkartennummer; kartennummer; carte bancaire; numero carte; numero de carte; carte
            credit; numero tarjeta; tarjeta; tarjeta credito; numero de tarjeta; cartao; cartao
            credito; numero cartao; numero do cartao; carta credito; carta di credito; numero carta;
            creditcardnummer; debit card; debit card number; payment card; primary account number;
            cc; pan card number; credit debit card
        """
        ),
        LIKELY: (
            """
            card; karte; card pan
        """
        ),
    },
    "BANK_ACCOUNT": {
        STRONG: (
            """
            iban; acc details; account details; bank details;
            bank account; bank account number; account number; account no; accountnumber; acct; acct
            no; acct number; acc no; acc number; accountno; bban; bic; swift; swift code; bic swift;
            routing number; routing no; sort code; aba; bankverbindung; konto; kontonummer; kontonr;
            bankleitzahl; blz; compte bancaire; numero compte; numero de compte; rib; cuenta; cuenta
            bancaria; numero cuenta; numero de cuenta; clabe; cbu; conta; conta bancaria; numero
            conta; agencia conta; conto; conto corrente; numero conto; rekening; rekeningnummer;
            bankrekening; bankrekeningnummer; bank routing number; routing; bank acct; beneficiary
            account; account iban; crypto wallet; wallet address; bitcoin address; btc address;
            wallet; nameorig; namedest; ifsc
        """
        ),
        LIKELY: (
            """
            account; compte; bank
        """
        ),
    },
    "IP_ADDRESS": {
        STRONG: (
            """
            ip; ip address; ipaddress; ip addr; ipaddr; ipv4; ipv6; source ip; src ip; dest ip;
            destination ip; dst ip; client ip; remote ip; remote addr; remote address; host ip;
            server ip; adresse ip; direccion ip; ip adresse; endereco ip; indirizzo ip; ip adres;
            last ip; login ip; ip src; ip dst; source address; destination address; saddr; daddr;
            srcip; dstip; c ip; s ip; x forwarded for; visitor ip; ips
        """
        ),
        LIKELY: (
            """
            source; destination; src; dst
        """
        ),
    },
    "MAC_ADDRESS": {
        STRONG: (
            """
            mac; mac address; macaddress; mac addr; hardware address; bssid; wifi mac; ethernet
            address; physical address mac; hwaddr; bluetooth address; mac adresse
        """
        ),
    },
    "URL": {
        STRONG: (
            """
            url; urls; website; web site; web; homepage; home page; link; links; uri; webseite; site
            web; sitio web; pagina web; href; image url; profile url; linkedin; linkedin url;
            facebook; photo url; avatar; avatar url; domain; domain name; referrer; referer;
            thumbnail; permalink; web address; site internet; sito web; sito; site; webpage; web
            page; img src; poster url; weblink
        """
        ),
        LIKELY: (
            """
            image; photo; picture; img; hostname; host; foto
        """
        ),
    },
    "RECORD_ID": {
        STRONG: (
            """
            id; uuid; guid; record id; row id; rowid; user id; userid; customer id; client id;
            patient id; employee id; order id; account id; transaction id; session id; device id;
            product id; person id; member id; student id; emp id; cust id; key; primary key; pk;
            object id; objectid; record number; order number; invoice number; customer number;
            employee number; emp no; ticket id; case id; case number; customer no; serial number;
            serial; identifier; kundennummer; kunden nr; personalnummer; pers nr; lfd nr; laufende
            nummer; num dossier; numero dossier; dossier; auftragsnummer; bestellnummer;
            matrikelnummer; kundenid; identifiant; numero client; num client; numero cliente; numero
            socio; numero empleado; numero factura; matricule; numero commande; identificador;
            codigo cliente; codigo; matricula; numero pedido; id cliente; codice; codice cliente;
            klantnummer; ordernummer; personeelsnummer; student no; roll no; roll number; rollno;
            seq; sequence; booking id; policy number; member number; membership number; badge
            number; enrollment number; registration number; reg no; tracking number; vehicle id;
            imei; imsi; device serial; cookie id; gclid; advertising id; idfa; uid; gid; pid; cid;
            oid; sid; ref; reference; reference number; ref no; invoice no; order no; account key;
            hash; tconst; nconst; asin; sku; isbn; upc; ean; barcode; part number; part no; item
            number; codart; ndc; accession; accession number; catalog number; passengerid; visitor
            id; anonymous id; doi; ids; tid; storenum; store number; user pseudo id; invoice; record
            no; sample id; subject id; participant id; study id; encounter id; npi number; recid
        """
        ),
        LIKELY: (
            """
            unnamed 0; index; idx; number; no; nr; num; nummer; numero; code; row; unnamed; rank id;
            order; ticket; created by id
        """
        ),
        HINT: (
            """
            created by; updated by; modified by; subject; participant; sample
        """
        ),
    },
    "ORGANIZATION": {
        STRONG: (
            """
            company; company name; companyname; organization; organisation; organization name;
            organisation name; org; org name; employer; employer name; firm; firma; firmenname;
            unternehmen; arbeitgeber; entreprise; societe; raison sociale; nom entreprise;
            employeur; empresa; nombre empresa; razon social; compania; organizacion; nome empresa;
            razao social; organizacao; azienda; ragione sociale; societa; nome azienda; bedrijf;
            bedrijfsnaam; organisatie; werkgever; business name; business; vendor; vendor name;
            supplier; supplier name; lieferant; fournisseur; proveedor; fornecedor; fornitore;
            leverancier; manufacturer; hersteller; publisher; agency; agency name; institution;
            institution name; university; school; school name; college; hospital; hospital name;
            clinic; bank name; facility name; airline; carrier; corporation; studio; distributor;
            merchant; merchant name; sponsor; insurer; insurance company; trade name; dba name;
            legal business name; store name; restaurant; restaurant name; hotel name; provider
            organization; charity; universidad; universidade; universita; companies; startup;
            employer organization; operator; utility name; club; team name; payer name insurance;
            affiliation; affiliations; account company
        """
        ),
        LIKELY: (
            """
            brand; make; marke; marque; marca; team; facility; hotel; store; shop; party; customer
            company; issuer; retailer; developer
        """
        ),
        HINT: (
            """
            account name; bank; network; label
        """
        ),
    },
    "HEALTH": {
        STRONG: (
            """
            diagnosis; diagnoses; diagnosis code; icd; icd9; icd10; icd code; disease; diseases;
            condition name; medical condition; symptom; symptoms; treatment; medication;
            medications; drug; drug name; prescription; dosage; allergy; allergies; blood type;
            blood group; bloodtype; blood pressure; bloodpressure; bp; systolic; diastolic;
            cholesterol; glucose; insulin; bmi; body mass index; heart rate; pulse; hypertension;
            diabetes; stroke; smoking; smoker; smoking status; heart disease; cancer; tumor; tumour;
            diagnose; krankheit; erkrankung; behandlung; medikament; blutgruppe; groesse gewicht;
            diagnostic; maladie; traitement; medicament; groupe sanguin; diagnostico; enfermedad;
            sintomas; tratamiento medico; medicamento; alergias; tipo sangre; grupo sanguineo;
            doenca; tipo sanguineo; diagnosi; malattia; farmaco; gruppo sanguigno; ziekte;
            medicatie; bloedgroep; anaemia; anemia; platelets; ejection fraction; serum creatinine;
            serum sodium; creatinine phosphokinase; hemoglobin; haemoglobin; hba1c; pregnancies;
            skin thickness; diabetes pedigree function; test results; lab result; lab code; lab
            test; medical history; procedure code; cpt; chief complaint; cause of death;
            vaccination; vaccine; covid; hiv; pregnant; disability; handicap; health; alcohol;
            obesity; comorbidities; mental health; depression; anxiety; stress level; sleep
            duration; sleep disorder; fever; cough; fatigue; chest pain; chest pain type; resting
            bp; fasting bs; resting ecg; max hr; exercise angina; oldpeak; st slope; motif absence;
            avg glucose level; glucose level; death event; high blood pressure; weight kg; body
            weight; height cm; medical notes; health status; health condition; antecedents;
            antecedente; antecedentes; tratamiento; tratamento; trattamento; patologia; patologie;
            pathologie; cirugia; chirurgie; vacuna; vacina; vaccin; sintoma; symptome; allergie;
            alergia; padecimiento; enfermedades; medicacion; hdl; ldl; triglycerides; trigliceridos;
            trigliceridi; triglyceride; colesterol; colesterolo; cholesterin; glucosa; glicose;
            glicemia; glycemie; glucosio; blutzucker; imc; systolic bp; diastolic bp; sys bp; dia
            bp; presion arterial; presion sistolica; presion diastolica; sistolica; diastolica;
            pressao arterial; pression arterielle; pressione; blutdruck; bloeddruk; creatinine;
            creatinina; hemoglobina; frecuencia cardiaca; frequence cardiaque; herzfrequenz; spo2;
            oxygen saturation; respiratory rate; body fat; cigarettes; cigarette; cigs per day;
            cigarrillos; cigarrillo; cigarros; sigarette; smokes; smoke; fuma; fumador; fumante;
            fumatore; fumeur; raucher; rauchen; roker; tabaquismo; tabagismo; tabagisme; alcohol
            consumption; hospitalized; hospitalizado; hospitalise; ospedalizzato; surgery; illness;
            disorder; disabled; discapacidad; handicape; embarazada; embarazo; enceinte; schwanger;
            incinta; gravida; diabetico; diabetica; diabetique; diabetiker; diabetic; hipertension;
            hipertenso; hypertensive; ictus; dietary restriction; dietary restrictions; dietary
            requirement; dietary requirements; dietary need; dietary needs; dietary preference;
            dietary preferences; dietary; diet; special diet; diet type; food allergy; food
            allergies; food intolerance; food intolerances; intolerances; meal preference; meal
            requirement; meal requirements; food restrictions; food preference; food preferences;
            ernahrungsweise; ernahrungsform; diat; unvertraglichkeit; unvertraglichkeiten;
            lebensmittelallergie; nahrungsmittelallergien; regime alimentaire; restrictions
            alimentaires; allergies alimentaires; restricciones alimentarias; restricciones
            dieteticas; alergias alimentarias; restricoes alimentares; dieta; restrizioni
            alimentari; allergie alimentari; dieetwensen; dieet; voedselallergie; special needs;
            accessibility needs; accessibility requirements; access needs; drug use; steps; calories
            burned; menopause; tumor size; thal; trestbps; chol; fbs; restecg; thalach; exang
        """
        ),
        LIKELY: (
            """
            condition; medical; clinical; weight; height; dose; procedure; outcome death; gewicht;
            poids; peso; altura; taille; lab; temperature body; body temperature; waist; hip;
            physical activity; kidney disease; asthma
        """
        ),
    },
    "FINANCIAL": {
        STRONG: (
            """
            salary; income; annual income; yearly income; monthly income; wage; wages; gehalt; lohn;
            einkommen; jahresgehalt; salaire; revenu; salario; sueldo; ingresos; renda; faixa renda;
            stipendio; reddito; salaris; inkomen; loon; net worth; networth; credit score;
            creditscore; credit limit; credit rating; balance; account balance; kontostand; solde;
            saldo; debt; loan amount; loan; mortgage; transaction amount; tax; taxes paid; bonus;
            compensation; pay; pay rate; base pay; total pay; hourly rate; household income;
            savings; savings account; assets; estimated salary; estimatedsalary; salary class;
            remuneration; spending score; median income; medianincome; revenu annuel; renda mensal;
            salario mensual; vencimento; fico; fico score; income bracket; dti; installment; amt
            income total; amt credit; loan status; overtime pay; hourly; tarif; tarif journalier;
            taux horaire; honoraires; stundenlohn; tarifa;
             annual comp; monthly comp; weekly comp; daily comp; total comp; base comp; isee;
            monthlyincome; annual salary; salary in usd; ctc; capital gain; capital loss
        """
        ),
        LIKELY: (
            """
            amount; payment; payments; credit; betrag; montant; importe; valor; importo; bedrag;
            total spent; purchase amount; revenue; charges; premium; fee; deposit; withdrawal;
            oldbalanceorg; newbalanceorig; expenses; total charges; monthly charges; transaction
            value; amt
        """
        ),
        HINT: (
            """
            price; cost; total; paid; sales
        """
        ),
    },
    "DATE_TIME": {
        STRONG: (
            """
            ts; epoch; unix time;
            date; datetime; date time; timestamp; time stamp; created at; updated at; created on;
            updated on; created; updated; modified; modified at; last updated; last modified;
            deleted at; start date; end date; due date; order date; transaction date; hire date;
            hiredate; join date; joining date; registration date; signup date; sign up date;
            enrollment date; admission date; discharge date; invoice date; ship date; delivery date;
            open date; opendate; close date; expiry date; expiration date; expiry; visit date;
            visited at; last login; login time; last seen; event time; event date; departure time;
            arrival time; checkin date; added date; release date; datum; zeit; uhrzeit; zeitstempel;
            erstellt am; geaendert am; eintrittsdatum; bestelldatum; beginn; ende; date creation;
            date de creation; date commande; heure; horodatage; jour; fecha; hora; fecha alta; fecha
            registro; fecha creacion; data cadastro; data criacao; data pedido; data ora; giorno;
            ora; tijd; datum tijd; tijdstip; month; year; day; hour; weekday; day of week; week;
            quarter; minute; jahr; monat; tag; annee; mois; ano; mes; anno; mese; jaar; maand; dag;
            stunde; time; time of day; yr; yyyymm; period; dt; dod; date of death; death date;
            logged at; posted at; published at; publication date; publish date; start time; end
            time; date of purchase
        """
        ),
        LIKELY: (
            """
            since; start; end; data; season; duration; at; modified date; published; joined; first
            seen; posted; deadline; scheduled; arrival; departure; term
        """
        ),
    },
    "FREE_TEXT": {
        STRONG: (
            """
            comment; comments; note; notes; description; text; message; body; remarks; remark;
            review; review text; feedback; content; summary; transcript; narrative; bio; biography;
            about; resume text; resume; cover letter; question; answer; query; prompt; response;
            conversation; beschreibung; kommentar; kommentare; bemerkung; bemerkungen; notiz;
            notizen; nachricht; anmerkung; freitext; commentaire; commentaires; remarque; remarques;
            texte; avis; comentario; comentarios; observaciones; descripcion; texto; mensaje; nota;
            notas; observacao; observacoes; descricao; mensagem; commento; commenti; osservazioni;
            descrizione; testo; messaggio; opmerking; opmerkingen; omschrijving; beschrijving;
            bericht; tekst; tweet; post; chat; email body; subject; complaint; issue; issue summary;
            details; statement; abstract; caption; headline; reason; instructions; observations;
            plot; overview; synopsis; lyrics; user query; utterance; sentence; paragraph; document;
            article; log; memo; consumer complaint narrative; email conversations
        """
        ),
        HINT: (
            """
            title; motif; grund; info; information; other
        """
        ),
    },
}
"""Verdict → weight → folded phrases separated by semicolons."""
