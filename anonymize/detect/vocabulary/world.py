"""Words of column names in further languages, in their own scripts and as they are written without
accents.

Russian, Ukrainian, Polish, Czech, Slovak, Romanian, Hungarian, Turkish, Swedish, Norwegian, Danish,
Finnish, Indonesian, Vietnamese, Chinese, Japanese, Korean, Arabic, Greek; the words most needed in
Icelandic, Estonian, Latvian, Lithuanian, Croatian, Serbian, Slovene, Bulgarian, Catalan,
Azerbaijani, Filipino and Afrikaans.
"""

from __future__ import annotations

from anonymize.detect.weights import LIKELY, STRONG
from anonymize.detect.words import word_set

WORLD: dict[str, dict[float, str]] = {
    "EMAIL_ADDRESS": {
        STRONG: (
            """
            электронная почта; электронный адрес; почта; эл почта; имейл; електронна пошта; пошта;
            adres email; adres e mail; adresa email; adresa de email; e posta; e posta adresi;
            eposta adresi; e mail adresi; e postadress; epostadress; sahkoposti; sahkopostiosoite;
            alamat email; surel; thu dien tu; 邮箱; 电子邮件; 电子邮箱; 邮件; メール;
            メールアドレス; 이메일; 이메일주소; البريد
            الإلكتروني; البريد; netfang; tolvupostur; e pasts; epasts; el pastas; e pasto adresas; e
            mail adresa; имеил; имейл адрес; correu electronic; elektron poct
        """
        ),
    },
    "PHONE_NUMBER": {
        STRONG: (
            """
            телефон; номер телефона; мобильный; мобильный телефон; моб телефон; тел; контактный
            телефон; numer telefonu; nr telefonu; telefon komorkowy; komorka; nr tel; numar telefon;
            nr telefon; telefonszam; mobilszam; cep telefonu; cep tel; cep no; telefon no; telefon
            numarasi; telefonnr; mobilnr; mobilnummer; puhelin; puhelinnumero; telepon; nomor
            telepon; no telepon; no telp; telp; nomor hp; no hp; no handphone; dien thoai; so dien
            thoai; sdt; 电话; 电话号码; 手机; 手机号; 手机号码; 联系电话; 联系方式; 電話;
            電話番号; 携帯電話; 携帯番号; 전화; 전화번호; 휴대폰;
            연락처; الهاتف; رقم الهاتف; الجوال; τηλεφωνο; simi; simanumer; farsimi; telefoninumber;
            talrunis; telefona numurs; telefono numeris; telefonas; broj telefona; telefonska
            stevilka; mobitel; telefon nomresi; numero ng telepono; telefoonnommer
        """
        ),
    },
    "PERSON_NAME": {
        STRONG: (
            """
            фамилия; отчество; фио; имя отчество; фамилия имя отчество; полное имя; прізвище; по
            батькові; піб; imie; imiona; nazwisko; imie i nazwisko; imie nazwisko; prijmeni;
            priezvisko; krestni jmeno; jmeno prijmeni; cele jmeno; meno; nume complet; nume prenume;
            nume familie; prenume; vezeteknev; keresztnev; csaladnev; utonev; teljes nev; ad soyad;
            adi soyadi; adsoyad; soyad; soyadi; soyisim; isim soyisim; fornamn; efternamn; fornavn;
            etternavn; efternavn; mellomnavn; tilltalsnamn; fullt navn; etunimi; sukunimi; koko
            nimi; nama lengkap; nama depan; nama belakang; nama panggilan; ho ten; ho va ten; 姓名;
            名字; 真实姓名; 联系人; 联系人姓名; 客户姓名; 员工姓名; 患者姓名; 学生姓名; 用户姓名;
            氏名; 名前; お名前; フリガナ; ふりがな; 顧客名; 患者名;
            社員名; 担当者; 担当者名; 성명; 이름; 고객명; 환자명; 직원명; 담당자; الاسم الكامل;
            الاسم الأول; اسم العائلة; اسم
            العميل; اسم المريض; ονοματεπωνυμο; επωνυμο; nafn; fullt nafn; fornafn; eftirnafn;
            eesnimi; perekonnanimi; uzvards; vards uzvards; pavarde; vardas pavarde; ime i prezime;
            prezime; priimek; ime in priimek; фамилно име; презиме; cognoms; soyadi ad; pangalan;
            apelyido; volle naam; voornaam van
        """
        ),
        LIKELY: (
            """
            имя; імя; ім я; клиент; сотрудник; пациент; студент; ученик; менеджер; руководитель;
            ответственный; автор; klient; pacjent; pracownik; uczen; jmeno; zakaznik; zamestnanec;
            nume; angajat; pacient; nev; ugyfel; isim; adi; musteri; calisan; hasta; ogrenci; namn;
            kund; navn; kunde; ansatt; nimi; asiakas; nama; pelanggan; karyawan; pegawai; siswa;
            mahasiswa; pasien; guru; khach hang; nhan vien; 姓; 名; 客户; 员工; 患者; 学生; 顧客;
            성; 고객; الاسم;
            اسم; ονομα; име; ime; vards; vardas; nom i cognoms; strenka; stranka; kupac; musteri ad
        """
        ),
    },
    "USERNAME": {
        STRONG: (
            """
            логин; имя пользователя; никнейм; ник; логін; nazwa uzytkownika; uzytkownik; uzivatelske
            jmeno; nume utilizator; utilizator; felhasznalonev; felhasznalo; kullanici adi;
            kullanici; anvandarnamn; brukernavn; brugernavn; kayttajatunnus; kayttajanimi; nama
            pengguna; ten dang nhap; 用户名; 账号; 登录名; 昵称; ユーザー名; ユーザーid; 아이디;
            사용자명; 닉네임; اسم المستخدم;
            notendanafn; kasutajanimi; lietotajvards; vartotojo vardas; korisnicko ime; uporabnisko
            ime; потребителско име; nom usuari; istifadeci adi
        """
        ),
    },
    "SECRET": {
        STRONG: (
            """
            пароль; haslo; heslo; sifre; parola; jelszo; losenord; passord; adgangskode; salasana;
            kata sandi; sandi; mat khau; 密码; 口令; パスワード; 비밀번호; كلمة المرور;
            κωδικος προσβασης;
            lykilord; parool; slaptazodis; lozinka; geslo; парола; contrasenya
        """
        ),
    },
    "STREET_ADDRESS": {
        STRONG: (
            """
            адрес; адрес проживания; адрес регистрации; улица; адреса; вулиця; ulica; nr domu; numer
            domu; adres zamieszkania; adresa; ulice; ulica cislo; cislo popisne; strada; cim;
            lakcim; utca; hazszam; adresi; ev adresi; sokak; cadde; adress; gatuadress; gateadresse;
            gadenavn; osoite; katuosoite; alamat; alamat rumah; alamat lengkap; dia chi; 地址; 住址;
            家庭住址; 详细地址; 街道; 住所; 番地; 주소; 상세주소; العنوان; διευθυνση;
            heimilisfang; heimili; gata;
            aadress; adrese; iela; adresas; gatve; adresa stanovanja; naslov; ulica i broj; адрес
            на; adreca; carrer; unvan ev; tirahan
        """
        ),
    },
    "CITY": {
        STRONG: (
            """
            город; населенный пункт; место рождения; место жительства; место проживания; місто;
            miasto; miejscowosc; miejsce urodzenia; mesto; obec; misto narozeni; oras; orasul;
            localitate; locul nasterii; varos; telepules; szuletesi hely; sehir; ilce; dogum yeri;
            postort; poststed; fodelseort; fodested; kommun; kommune; kaupunki; kota; kabupaten
            kota; kabupaten; kecamatan; kelurahan; tempat lahir; thanh pho; quan huyen; 城市;
            出生地;
            所在城市; 市区町村; 도시; المدينة; مكان الميلاد; πολη; borg; baer; sveitarfelag;
            pilseta; miestas;
            kraj rojstva; mjesto; mjesto rodenja; mesto rodenja; град; ciutat; poblacio; seher;
            lungsod; stad dorp
        """
        ),
    },
    "REGION": {
        STRONG: (
            """
            область; регион; республика; регіон; wojewodztwo; powiat; gmina; okres; judet; judetul;
            megye; eyalet; fylke; maakunta; provinsi; tinh; tinh thanh; 省; 省份; 都道府県; 시도;
            المنطقة;
            المحافظة
        """
        ),
        LIKELY: (
            """
            край; район; kraj; bolge; 地区; 区; 지역
        """
        ),
    },
    "POSTAL_CODE": {
        STRONG: (
            """
            почтовый индекс; поштовий індекс; kod pocztowy; psc; cod postal; iranyitoszam; posta
            kodu; postinumero; kode pos; kodepos; ma buu dien; 邮编; 邮政编码; 郵便番号; 우편번호;
            الرمز البريدي;
            postnumer; pasta indekss; pasto kodas; postanski broj; postna stevilka; sihtnumber;
            пощенски код; codi postal; poct indeksi
        """
        ),
        LIKELY: "индекс",
    },
    "COUNTRY": {
        STRONG: (
            """
            страна; країна; panstwo; zeme; krajina; tara; orszag; ulke; negara; quoc gia; 国家;
            국가;
            国名; البلد; الدولة; χωρα; riik; valsts; salis; drzava; zemlja; държава; pais origen;
            olke; bansa
        """
        ),
        LIKELY: "kraj",
    },
    "LATITUDE_LONGITUDE": {
        STRONG: (
            """
            широта; долгота; координаты; szerokosc geograficzna; dlugosc geograficzna; zemepisna
            sirka; zemepisna delka; enlem; boylam; lintang; bujur; 纬度; 经度; 緯度; 経度; 위도;
            경도
        """
        ),
    },
    "DATE_OF_BIRTH": {
        STRONG: (
            """
            дата рожд; рожд; дата рож; рождения; дата нар; data ur; ur; nar; dat nar; dat nast; szul
            datum; szul; fodt; fodd; dogum; dogum t; d tarihi; дата рождения; год рождения; день
            рождения; дата народження; data urodzenia; rok urodzenia; urodzony; datum narozeni;
            datum narodenia; rok narozeni; data nasterii; data nastere; anul nasterii; szuletesi
            datum; szuletesi ido; szuletesi ev; dogum tarihi; dogum yili; fodelsedatum; fodelsear;
            fodselsdato; fodselsdag; fodselsar; syntymaaika; syntymapaiva; syntymavuosi; tanggal
            lahir; tgl lahir; ngay sinh; nam sinh; 出生日期; 生日; 出生年月; 出生年份; 生年月日;
            誕生日; 생년월일; 생일; تاريخ
            الميلاد; ημερομηνια γεννησης; faedingardagur; faedingarar; sunniaeg; sunnikuupaev;
            dzimsanas datums; dzimsanas gads; gimimo data; gimimo metai; datum rodenja; godina
            rodenja; datum rojstva; leto rojstva; дата на раждане; датум рођења; data naixement;
            dogum tarixi; kapanganakan; geboortedatum van
        """
        ),
    },
    "AGE": {
        STRONG: (
            """
            возраст; вік; wiek; varsta; eletkor; yas; yasi; alder; umur; usia; tuoi; 年龄; 年齢;
            나이; 연령;
            العمر; ηλικια; aldur; vanus; vecums; amzius; starost;  възраст; edat; edad anos;
            ouderdom
        """
        ),
        LIKELY: "vek; kor; ika",
    },
    "GENDER": {
        STRONG: (
            """
            пол; стать; plec; pohlavi; pohlavie; cinsiyet; cinsiyeti; kon; kjonn; sukupuoli; jenis
            kelamin; gioi tinh; 性别; 性別; 성별; الجنس; φυλο; kyn; sugu; dzimums; lytis; spol;
             genere
            sexe; kasarian; geslag; cins
        """
        ),
        LIKELY: "nem; gen",
    },
    "DEMOGRAPHIC": {
        STRONG: (
            """
            национальность; гражданство; семейное положение; вероисповедание; narodowosc;
            obywatelstwo; stan cywilny; narodnost; obcanstvi; rodinny stav; nationalitate;
            cetatenie; stare civila; etnie; allampolgarsag; csaladi allapot; medeni durum; medeni
            hal; uyruk; egitim durumu; civilstand; sivilstatus; nationalitet; siviilisaaty;
            kansalaisuus; agama; status perkawinan; status pernikahan; kewarganegaraan; tingkat
            pendidikan; dan toc; ton giao; 民族; 国籍; 婚姻状况; 学历; 宗教; 婚姻; 국적; 결혼여부;
            الجنسية
        """
        ),
        LIKELY: "образование; wyksztalcenie; vzdelani; studii; pendidikan",
    },
    "NATIONAL_ID": {
        STRONG: (
            """
            паспорт; серия паспорта; номер паспорта; паспортные данные; снилс; инн; іпн; numer
            dowodu; dowod osobisty; nip; rodne cislo; cislo op; cislo pasu; szemelyi szam; adoszam;
            taj szam; tc kimlik; tc kimlik no; tc no; tckn; kimlik no; vergi no; pasaport no; hetu;
            passinumero; no ktp; nomor ktp; ktp; nik; npwp; nomor induk kependudukan; cccd; cmnd; so
            cmnd; so cccd; cnic; emirates id; iqama; 身份证; 身份证号; 身份证号码; 护照号;
            マイナンバー; 주민등록번호; 여권번호;
            رقم الهوية; الرقم القومي; αφμ; kennitala; isikukood; personas kods; asmens kodas; oib;
            emso; maticni broj; егн; лнч; fin kod; matricula fiscal; licna karta
        """
        ),
    },
    "CREDIT_CARD": {
        STRONG: (
            """
            номер карты; банковская карта; numer karty; cislo karty; numar card; kart no; kart
            numarasi; kredi karti; kortnummer; nomor kartu; kartu kredit; 卡号; 信用卡; 信用卡号;
            カード番号;
            카드번호; kreditkort; kreditkortanumer; kortanumer; kaardi number;
            kredit kart nomresi; broj
            kartice
        """
        ),
    },
    "BANK_ACCOUNT": {
        STRONG: (
            """
            номер счета; расчетный счет; лицевой счет; бик; numer konta; nr konta; numer rachunku;
            cislo uctu; cont bancar; bankszamlaszam; hesap no; hesap numarasi; bankkonto;
            tilinumero; no rekening; nomor rekening; rekening bank; so tai khoan; 银行卡号;
            银行账号; 银行账户;
            口座番号; 계좌번호; رقم الحساب; bankareikningur; reikningsnumer; pangakonto;
            kontonumber; konta
            numurs; saskaitos numeris; broj racuna; stevilka racuna; банкова сметка; compte corrent;
            hesab nomresi
        """
        ),
    },
    "ORGANIZATION": {
        STRONG: (
            """
            организация; компания; предприятие; работодатель; место работы; организація; компанія;
            nazwa firmy; pracodawca; spolecnost; nazev firmy; zamestnavatel; companie; angajator;
            ceg; cegnev; munkaltato; sirket; sirket adi; firma adi; isveren; foretag; foretagsnamn;
            arbetsgivare; selskap; virksomhed; yritys; tyonantaja; perusahaan; cong ty; вуз;
            университет; школа; банк; больница; szkola; uczelnia; okul; sekolah; 公司; 公司名称;
            企业; 企业名称;
            单位; 工作单位; 学校; 会社; 会社名; 企業名; 회사; 회사명; الشركة; fyrirtaeki;
            ettevote; uznemums; imone;
            tvrtka; preduzece; poduzece; podjetje; фирма; empresa nom; kompanya
        """
        ),
    },
    "HEALTH": {
        STRONG: (
            """
            диагноз; заболевание; болезнь; группа крови; лекарство; симптомы; діагноз; choroba;
            diagnoza; grupa krwi; nemoc; krevni skupina; boala; afectiune; grupa sanguina; betegseg;
            diagnozis; vercsoport; hastalik; tani; kan grubu; ilac; sjukdom; blodgrupp; diagnos;
            sykdom; sygdom; sairaus; veriryhma; penyakit; golongan darah; benh; nhom mau; 诊断;
            疾病;
            血型; 药物; 病名; 診断; 血液型; 진단; 질병; 혈액형; التشخيص; فصيلة الدم; sjukdomur;
            diagnoos; diagnoze;
            slimiba;  bolest; dijagnoza; krvna grupa; диагноза; кръвна група; malaltia; xestelik;
            qan qrupu; sakit
        """
        ),
        LIKELY: (
            """
            рост; вес; waga; wzrost; vaha; vyska; greutate; inaltime; vikt; vekt; berat badan;
            tinggi badan; 体重; 身高; 身長; 키; 몸무게
        """
        ),
    },
    "FINANCIAL": {
        STRONG: (
            """
            зарплата; заработная плата; оклад; доход; баланс; задолженность; дохід; pensja;
            wynagrodzenie; zarobki; dochod; mzda; prijem; salariu; venit; fizetes; jovedelem; maas;
            gelir; bakiye; inkomst; inntekt; palkka; gaji; penghasilan; pendapatan; luong; thu nhap;
            工资; 薪资; 收入; 年收入; 余额; 年収; 給与; 급여; 연봉; 소득; الراتب; laun; palk;
            atlyginimas; placa;
            dohodak; заплата;  maas azn; sahod; sweldo
        """
        ),
        LIKELY: (
            "сумма; kwota; castka; suma; osszeg; tutar; belopp; belob; so tien; 金额; 金額; 금액;"
            " المبلغ"
        ),
    },
    "DATE_TIME": {
        STRONG: (
            """
            дата; время; дата создания; дата регистрации; datum registrace; data rejestracji; data
            zatrudnienia; tarih; kayit tarihi; saat; skapad; dato; opprettet; paivamaara; tanggal;
            tgl; waktu; tahun; bulan; ngay; ngay tao; thoi gian; 日期; 时间; 创建时间; 注册时间;
            入职日期; 年; 月; 日付;
            日時; 登録日; 날짜; 일시; 등록일; 가입일; التاريخ
        """
        ),
        LIKELY: "год; месяц; rok; miesiac; an; luna; yil; ay; ar; manad; vuosi",
    },
    "FREE_TEXT": {
        STRONG: (
            """
            комментарий; комментарии; описание; примечание; примечания; отзыв; сообщение; текст;
            заметки; дополнительная информация; komentarz; uwagi; opis; wiadomosc; tresc; komentar;
            poznamka; poznamky; popis; comentariu; comentarii; observatii; descriere; megjegyzes;
            leiras; yorum; aciklama; notlar; mesaj; beskrivning; beskrivelse; anteckning;
            anteckningar; merknad; kommentti; kuvaus; keterangan; catatan; deskripsi; ulasan; pesan;
            ghi chu; mo ta; nhan xet; 备注; 描述; 评论; 内容; 留言; コメント; 備考; 메모; 비고;
            내용; 설명; ملاحظات;
            athugasemd; lysing; kommentaar; kirjeldus; piezimes; apraksts; pastabos; aprasymas;
            napomena; opomba; opis posla; забележка; коментар; observacions; qeyd; puna
        """
        ),
    },
    "URL": {
        STRONG: "ссылка; сайт; strona www; odkaz; baglanti; lenke; tautan; 网址; 链接; 網址; 링크"
    },
    "RECORD_ID": {
        STRONG: (
            """
            идентификатор; номер заказа; номер договора; табельный номер; номер клиента;
            identyfikator; numer klienta; numer zamowienia; cislo objednavky; cislo zakaznika; cod
            client; numar comanda; azonosito; musteri no; musteri id; siparis no; sicil no;
            kundnummer; kundenummer; ordrenummer; ansattnummer; asiakasnumero; nim; nis; nisn; nomor
            induk; no induk; ma khach hang; ma nhan vien; ma sinh vien; 编号; 订单号; 客户编号;
            员工编号; 学号; 工号;
            序号; 会員番号; 顧客番号; 社員番号; 注文番号; 고객번호; 주문번호; 사번
        """
        ),
        LIKELY: "код; номер; kod; cislo; numar; numer; kode; nomor; 番号; 번호; رقم",
    },
}
"""Verdict → weight → folded phrases separated by semicolons."""

WORLD_NAME_WORDS = word_set("""
    имя название наименование nazwa nazev nazov nume denumire nev megnevezes adi isim namn navn nimi
    nama ten nafn nimetus nosaukums pavadinimas naziv ime vards vardas име
    """)
"""Words for *name*, a person's or a thing's."""

WORLD_THINGS = word_set("""
    товар товара продукт услуга проект отдел категория предмет курс файл produkt produktu projekt
    projektu dzial kategoria przedmiot kurs plik zbozi predmet oddeleni produs produsului proiect
    categorie termek projekt osztaly urun urunun kategori proje departman ders dosya produkt
    produktnamn avdelning avdeling afdeling vara varunamn tuote tuotteen osasto barang produk proyek
    divisi jabatan mapel kursus san pham
    """)
"""Nouns whose *name* is not a person's."""

WORLD_ORGANIZATIONS = word_set("""
    компании организации фирмы школы банка firmy spolecnosti firmei companiei ceg sirket firma
    foretag selskap virksomhed yrityksen perusahaan sekolah bank toko
    """)
"""Nouns whose *name* is an organization's."""

WORLD_NOTHING = word_set("""
    статус должность отдел подразделение категория тип вид цена количество название наименование
    stanowisko dzial kategoria cena ilosc nazwa pozice oddeleni mnozstvi nazev pret cantitate
    denumire departament beosztas osztaly mennyiseg unvan departman kategori fiyat miktar adet urun
    befattning avdelning antal stilling avdeling tehtava osasto hinta maara jabatan divisi harga
    stok jumlah durum durumu 职位 部门 状态 类别 价格 数量 部署 役職 状態 価格 数量 직급 부서 상태
    가격 수량 직책
    """)
"""Words that say the column holds nothing personal."""
