"""States, provinces and regions of countries, in the spellings that tables use; what Faker's
locales lack.
"""

from __future__ import annotations

REGIONS = """
    abruzzo; basilicata; calabria; campania; emilia romagna; friuli venezia giulia; lazio; liguria;
    lombardia; lombardy; marche; molise; piemonte; piedmont; puglia; apulia; sardegna; sardinia;
    sicilia; sicily; toscana; tuscany; trentino alto adige; trentino; alto adige; umbria; valle
    d'aosta; aosta valley; veneto; andalucia; andalusia; aragon; asturias; principado de asturias;
    islas baleares; illes balears; balearic islands; canarias; islas canarias; canary islands;
    cantabria; castilla la mancha; castilla y leon; cataluna; catalunya; catalonia; comunidad de
    madrid; comunidad valenciana; extremadura; galicia; la rioja; murcia; region de murcia; navarra;
    pais vasco; euskadi; basque country; ceuta; melilla; alava; guipuzcoa; gipuzkoa; vizcaya;
    bizkaia; auvergne rhone alpes; auvergne; rhone alpes; bourgogne franche comte; bourgogne;
    franche comte; bretagne; brittany; centre val de loire; corse; grand est; alsace; lorraine;
    champagne ardenne; hauts de france; nord pas de calais; picardie; ile de france; normandie;
    normandy; nouvelle aquitaine; aquitaine; occitanie; languedoc roussillon; midi pyrenees; pays de
    la loire; provence alpes cote d'azur; paca; martinique; guadeloupe; la reunion; mayotte; baden
    wurttemberg; baden wuerttemberg; bayern; bavaria; brandenburg; hessen; hesse; mecklenburg
    vorpommern; niedersachsen; lower saxony; nordrhein westfalen; north rhine westphalia; rheinland
    pfalz; rhineland palatinate; saarland; sachsen; saxony; sachsen anhalt; saxony anhalt; schleswig
    holstein; thuringen; thueringen; thuringia; burgenland; karnten; kaernten; carinthia;
    niederosterreich; niederoesterreich; lower austria; oberosterreich; oberoesterreich; upper
    austria; steiermark; styria; tirol; tyrol; vorarlberg; aargau; appenzell; basel landschaft;
    basel stadt; graubunden; grisons; jura; nidwalden; obwalden; schaffhausen; schwyz; solothurn;
    thurgau; ticino; uri; valais; wallis; vaud; waadt; drenthe; flevoland; friesland; gelderland;
    limburg; noord brabant; north brabant; noord holland; north holland; overijssel; zeeland; zuid
    holland; south holland; brabant wallon; vlaams brabant; west vlaanderen; oost vlaanderen;
    hainaut; wallonie; wallonia; vlaanderen; flanders; aveiro; beja; braganca; castelo branco;
    evora; faro; leiria; portalegre; santarem; setubal; viana do castelo; vila real; viseu;
    alentejo; algarve; acores; madeira; dolnoslaskie; kujawsko pomorskie; lubelskie; lubuskie;
    lodzkie; malopolskie; mazowieckie; opolskie; podkarpackie; podlaskie; pomorskie; slaskie;
    swietokrzyskie; warminsko mazurskie; wielkopolskie; zachodniopomorskie; mazovia; silesia;
    jihocesky; jihomoravsky; karlovarsky; kralovehradecky; liberecky; moravskoslezsky; olomoucky;
    pardubicky; plzensky; stredocesky; ustecky; vysocina; zlinsky; bohemia; moravia; alba; arges;
    bihor; bistrita nasaud; caras severin; dambovita; gorj; harghita; hunedoara; ialomita; ilfov;
    maramures; mehedinti; mures; prahova; salaj; teleorman; valcea; vaslui; vrancea; transilvania;
    transylvania; bacs kiskun; baranya; borsod abauj zemplen; csongrad; fejer; gyor moson sopron;
    hajdu bihar; heves; komarom esztergom; nograd; somogy; szabolcs szatmar bereg; tolna; zala;
    stockholms lan; skane; skane lan; vastra gotaland; ostergotland; smaland; dalarna; norrbotten;
    vasterbotten; sodermanland; halland; blekinge; varmland; akershus; agder; innlandet; nordland;
    rogaland; trondelag; vestfold; vestland; viken; hordaland; hovedstaden; midtjylland;
    nordjylland; sjaelland; syddanmark; uusimaa; pirkanmaa; varsinais suomi; lapland; московская
    область; ленинградская область; свердловская область; краснодарский край; новосибирская область;
    татарстан; башкортостан; самарская область; ростовская область; челябинская область;
    нижегородская область; moscow oblast; leningrad oblast; tatarstan; bashkortostan; krasnodar
    krai; sverdlovsk oblast; primorsky krai; київська область; львівська область; харківська
    область; одеська область; kyiv oblast; lviv oblast; kharkiv oblast; england; scotland; wales;
    northern ireland; bedfordshire; berkshire; buckinghamshire; cambridgeshire; cheshire; cornwall;
    cumbria; derbyshire; devon; dorset; essex; gloucestershire; hampshire; herefordshire;
    hertfordshire; kent; lancashire; leicestershire; lincolnshire; merseyside; norfolk;
    northamptonshire; northumberland; nottinghamshire; oxfordshire; shropshire; somerset;
    staffordshire; suffolk; surrey; warwickshire; west midlands; wiltshire; worcestershire;
    yorkshire; north yorkshire; south yorkshire; west yorkshire; greater london; greater manchester;
    isle of wight; east sussex; west sussex; tyne and wear; munster; leinster; connacht; ulster; co
    cork; co dublin; county cork; tachira; zulia; miranda; carabobo; aragua; lara; anzoategui; nueva
    esparta; monagas; merida; catamarca; chaco; chubut; corrientes; entre rios; formosa; jujuy; la
    pampa; misiones; neuquen; rio negro; santa cruz; santiago del estero; tierra del fuego; tucuman;
    provincia de buenos aires; mendoza; san juan; antofagasta; araucania; atacama; biobio; coquimbo;
    los lagos; los rios; magallanes; maule; o'higgins; tarapaca; region metropolitana;
    metropolitana; arequipa; ayacucho; cajamarca; cusco; huancavelica; junin; lambayeque; loreto;
    madre de dios; moquegua; piura; puno; tacna; tumbes; ucayali; azuay; esmeraldas; guayas;
    imbabura; manabi; pichincha; tungurahua; chuquisaca; cochabamba; beni; pando; potosi; antioquia;
    atlantico; boyaca; caldas; caqueta; casanare; cauca; cesar; choco; cundinamarca; huila;
    magdalena; narino; norte de santander; putumayo; quindio; risaralda; santander; sucre; tolima;
    valle del cauca; vaupes; vichada; diourbel; fatick; kaffrine; kaolack; kedougou; kolda; louga;
    matam; saint louis; sedhiou; tambacounda; thies; ziguinchor; abia; adamawa; akwa ibom; anambra;
    bauchi; bayelsa; benue; borno; cross river; ebonyi; ekiti; enugu; gombe; imo; jigawa; kaduna;
    katsina; kebbi; kogi; kwara; lagos state; nasarawa; ogun; ondo; osun; oyo; sokoto; taraba; yobe;
    zamfara; kiambu; kakamega; machakos; meru; nakuru; turkana; uasin gishu; kajiado; ashanti;
    greater accra; volta; gauteng; kwazulu natal; eastern cape; western cape; northern cape; free
    state; limpopo; mpumalanga; north west; casablanca settat; rabat sale kenitra; marrakech safi;
    fes meknes; souss massa; tanger tetouan al hoceima; oriental; punjab; sindh; balochistan; khyber
    pakhtunkhwa; gilgit baltistan; azad kashmir; west bengal; uttar pradesh; madhya pradesh; andhra
    pradesh; himachal pradesh; arunachal pradesh; tamil nadu; telangana; kerala; karnataka;
    maharashtra; gujarat; rajasthan; haryana; bihar; jharkhand; odisha; orissa; chhattisgarh; assam;
    goa; uttarakhand; jammu and kashmir; nagaland; manipur; mizoram; meghalaya; tripura; sikkim;
    delhi ncr; chattogram; rajshahi; sylhet; jawa barat; jawa tengah; jawa timur; west java; central
    java; east java; banten; dki jakarta; di yogyakarta; sumatera utara; sumatera barat; sumatera
    selatan; riau; lampung; kalimantan timur; kalimantan barat; sulawesi selatan; sulawesi utara;
    nusa tenggara barat; nusa tenggara timur; papua; maluku; aceh; selangor; johor; kedah; kelantan;
    pahang; perak; perlis; sabah; sarawak; terengganu; negeri sembilan; penang; pulau pinang; metro
    manila; calabarzon; central luzon; central visayas; western visayas; guangdong; zhejiang;
    jiangsu; sichuan; hubei; hunan; shandong; henan; hebei; fujian; anhui; liaoning; yunnan;
    guangxi; jilin; heilongjiang; shaanxi; shanxi; gansu; hainan; guizhou; jiangxi; 广东省;
    浙江省; 江苏省;
    四川省; 湖北省; 湖南省; 山东省; 河南省; 北京市; 上海市; 東京都; 北海道; 大阪府; 京都府;
    神奈川県; 愛知県; tokyo to; hokkaido; kanagawa;
    aichi; saitama; chiba; hyogo; gyeonggi do; gyeonggi; gangwon; jeju; seoul teukbyeolsi;
    queensland; tasmania; northern territory; new south wales; western australia; south australia;
    canterbury; otago; waikato; bay of plenty; hawke's bay; northland; southland; taranaki; nova
    scotia; new brunswick; british columbia; prince edward island; newfoundland; newfoundland and
    labrador; quebec; alberta; saskatchewan; manitoba; yukon; nunavut
"""
"""Folded names separated by semicolons."""
