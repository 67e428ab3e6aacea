"""Words that fill the templates: nationalities, faiths, places, organizations, and words that only
look like names.

Written for this project.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


NATIONALITIES = _words(
    "Afghan Albanian Algerian American Angolan Argentine Argentinian Armenian Australian Austrian"
    " Azerbaijani Bahraini Bangladeshi Belarusian Belgian Bolivian Bosnian Brazilian British"
    " Bulgarian Burmese Cambodian Cameroonian Canadian Chilean Chinese Colombian Congolese"
    " Costa_Rican Croatian Cuban Cypriot Czech Danish Dominican Dutch Ecuadorian Egyptian English"
    " Eritrean Estonian Ethiopian Filipino Finnish French Georgian German Ghanaian Greek Guatemalan"
    " Haitian Honduran Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian"
    " Ivorian Jamaican Japanese Jordanian Kazakh Kenyan Korean Kosovar Kurdish Kuwaiti Kyrgyz"
    " Laotian Latvian Lebanese Liberian Libyan Lithuanian Macedonian Malagasy Malawian Malaysian"
    " Malian Maltese Mexican Moldovan Mongolian Moroccan Mozambican Namibian Nepali New_Zealander"
    " Nicaraguan Nigerian Norwegian Omani Pakistani Palestinian Panamanian Paraguayan Peruvian"
    " Polish Portuguese Puerto_Rican Qatari Romanian Russian Rwandan Salvadoran Samoan Saudi"
    " Scottish Senegalese Serbian Sierra_Leonean Singaporean Slovak Slovenian Somali South_African"
    " South_Korean Spanish Sri_Lankan Sudanese Swedish Swiss Syrian Taiwanese Tajik Tanzanian Thai"
    " Tibetan Tunisian Turkish Turkmen Ugandan Ukrainian Uruguayan Uzbek Venezuelan Vietnamese"
    " Welsh Yemeni Zambian Zimbabwean Asian African European Latino Latina Hispanic Caucasian Arab"
    " Basque Catalan Roma Sami Uyghur Maori Inuit Cherokee Navajo Yoruba Igbo Hausa Zulu Tamil"
    " Punjabi Bengali Afro-American Native_American African-American Middle_Eastern Scandinavian"
    " Slavic Persian Berber Hmong Bavarian Texan Californian Parisian Londoner"
)
FAITHS = _words(
    "Muslim Christian Catholic Protestant Jewish Hindu Buddhist Sikh Orthodox Mormon Lutheran"
    " Baptist Methodist Anglican Presbyterian Evangelical Quaker Sunni Shia Sufi Jain Baha'i"
    " Zoroastrian Rastafarian Pentecostal Calvinist Adventist Jehovah's_Witness Scientologist"
    " Wiccan Pagan Hasidic Coptic Maronite Druze Alevi Unitarian atheist agnostic Taoist Shinto"
    " Roman_Catholic Greek_Orthodox Ismaili Ahmadi Salafi Jews Muslims Christians Hindus Catholics"
    " Sikhs Buddhists"
)
PARTIES = _words(
    "Democrat Republican Socialist Communist Marxist Libertarian Tory Labour Conservative Liberal"
    " Anarchist Trotskyist Marxist-Leninist Zionist Maoist Social_Democrat Christian_Democrat"
    " Peronist Republicans Democrats Tories Communists Nationalist Separatist Green_Party left-wing"
    " right-wing far-right"
)
NRP = NATIONALITIES + FAITHS + PARTIES
"""Nationalities, religions and political groups."""

COUNTRIES = _words(
    "Afghanistan Albania Algeria Angola Argentina Armenia Australia Austria Azerbaijan Bahrain"
    " Bangladesh Belarus Belgium Bolivia Bosnia Botswana Brazil Bulgaria Burkina_Faso Cambodia"
    " Cameroon Canada Chad Chile China Colombia Congo Costa_Rica Croatia Cuba Cyprus Czechia"
    " Denmark Ecuador Egypt Eritrea Estonia Ethiopia Finland France Gabon Georgia Germany Ghana"
    " Greece Guatemala Guinea Haiti Honduras Hungary Iceland India Indonesia Iran Iraq Ireland"
    " Israel Italy Jamaica Japan Jordan Kazakhstan Kenya Kuwait Laos Latvia Lebanon Liberia Libya"
    " Lithuania Luxembourg Madagascar Malawi Malaysia Mali Malta Mexico Moldova Mongolia Morocco"
    " Mozambique Myanmar Namibia Nepal Netherlands New_Zealand Nicaragua Niger Nigeria Norway Oman"
    " Pakistan Panama Paraguay Peru Philippines Poland Portugal Qatar Romania Russia Rwanda Samoa"
    " Saudi_Arabia Senegal Serbia Sierra_Leone Singapore Slovakia Slovenia Somalia South_Africa"
    " South_Korea Spain Sri_Lanka Sudan Sweden Switzerland Syria Taiwan Tajikistan Tanzania"
    " Thailand Togo Tunisia Turkey Uganda Ukraine United_Arab_Emirates United_Kingdom United_States"
    " Uruguay Uzbekistan Venezuela Vietnam Yemen Zambia Zimbabwe UK USA U.S. UAE US England"
    " Scotland Wales Northern_Ireland Ivory_Coast Kosovo Palestine Hong_Kong Republic_of_Korea"
)
CITIES = _words(
    "London Paris Berlin Madrid Rome Vienna Prague Warsaw Budapest Athens Lisbon Dublin Oslo"
    " Stockholm Helsinki Copenhagen Brussels Amsterdam Zurich Geneva Munich Hamburg Cologne Lyon"
    " Marseille Toulouse Barcelona Valencia Seville Porto Milan Naples Turin Palermo Florence"
    " Kraków Gdańsk Brno Bratislava Ljubljana Zagreb Split Sarajevo Belgrade Sofia Bucharest"
    " Cluj-Napoca Istanbul Ankara Izmir Moscow Kyiv Lviv Odesa Minsk Riga Vilnius Tallinn Tbilisi"
    " Yerevan Baku Tehran Isfahan Baghdad Basra Damascus Beirut Amman Jerusalem Haifa Cairo"
    " Alexandria Tunis Algiers Casablanca Rabat Tripoli Khartoum Addis_Ababa Nairobi Mombasa"
    " Kampala Kigali Dar_es_Salaam Lusaka Harare Johannesburg Cape_Town Durban Pretoria Soweto"
    " Luanda Kinshasa Lagos Abuja Kano Accra Kumasi Dakar Abidjan Bamako Ouagadougou Freetown"
    " Monrovia Delhi New_Delhi Mumbai Bengaluru Chennai Kolkata Hyderabad Pune Jaipur Lucknow"
    " Ahmedabad Karachi Lahore Islamabad Dhaka Chittagong Kathmandu Colombo Yangon Bangkok"
    " Chiang_Mai Hanoi Ho_Chi_Minh_City Phnom_Penh Vientiane Kuala_Lumpur Penang Singapore Jakarta"
    " Surabaya Bandung Manila Quezon_City Cebu Davao Beijing Shanghai Shenzhen Guangzhou Chengdu"
    " Wuhan Xi'an Taipei Kaohsiung Seoul Busan Incheon Tokyo Osaka Kyoto Nagoya Sapporo Fukuoka"
    " Sydney Melbourne Brisbane Perth Adelaide Auckland Wellington Christchurch Honolulu Toronto"
    " Montreal Vancouver Calgary Ottawa Winnipeg Halifax New_York Los_Angeles Chicago Houston"
    " Phoenix Philadelphia San_Antonio San_Diego Dallas Austin San_Jose Jacksonville Columbus"
    " Charlotte Indianapolis Seattle Denver Boston Nashville Detroit Portland Memphis Louisville"
    " Baltimore Milwaukee Albuquerque Tucson Fresno Sacramento Atlanta Omaha Raleigh Miami Oakland"
    " Minneapolis Tulsa Tampa New_Orleans Cleveland Pittsburgh Cincinnati Anchorage Boise Spokane"
    " Des_Moines Baton_Rouge Santa_Fe Salt_Lake_City Ann_Arbor Mexico_City Guadalajara Monterrey"
    " Oaxaca Havana Kingston San_Juan Panama_City Bogotá Medellín Caracas Quito Lima Cusco La_Paz"
    " Santiago Valparaíso Buenos_Aires Rosario Montevideo Asunción São_Paulo Rio_de_Janeiro"
    " Brasília Recife Porto_Alegre Manchester Leeds Sheffield Bristol Cardiff Swansea Glasgow"
    " Edinburgh Belfast Nottingham Plymouth Norwich Reading Bath Cork Galway"
)
REGIONS = _words(
    "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia"
    " Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts"
    " Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada New_Hampshire New_Jersey"
    " New_Mexico North_Carolina North_Dakota Ohio Oklahoma Oregon Pennsylvania Rhode_Island"
    " South_Carolina South_Dakota Tennessee Texas Utah Vermont Virginia Washington West_Virginia"
    " Wisconsin Wyoming Ontario Quebec Alberta Manitoba Saskatchewan Nova_Scotia Bavaria Saxony"
    " Tuscany Lombardy Sicily Andalusia Catalonia Brittany Normandy Provence Yorkshire Cornwall"
    " Kent Punjab Kerala Gujarat Maharashtra Tamil_Nadu Bihar Sindh Sichuan Guangdong Yunnan"
    " Hokkaido Okinawa Gauteng KwaZulu-Natal Western_Cape Queensland Victoria Tasmania Siberia"
    " Crimea Anatolia Patagonia Chiapas Jalisco Bahia Kurdistan Kashmir Bali Java Sumatra Luzon"
    " Mindanao Oromia Tigray Ashanti Oyo_State"
)
US_STATES = _words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
LANDMARKS = _words(
    "Central_Park Times_Square Hyde_Park Lake_Victoria Mount_Kenya Lake_Tahoe Heathrow_Airport"
    " JFK_Airport Brooklyn_Bridge Golden_Gate_Bridge Black_Forest Gobi_Desert Sahara Amazon_River"
    " Rhine Danube Thames Nile Ganges Mississippi_River Alps Andes Himalayas Rocky_Mountains"
    " Silicon_Valley Wall_Street Downing_Street Fifth_Avenue Oxford_Street Sunset_Boulevard"
    " Great_Barrier_Reef Gaza West_Bank Gaza_Strip Middle_East Balkans Caucasus Scandinavia Europe"
    " Africa Asia South_America Southeast_Asia Caribbean Mediterranean Union_Station Grand_Central"
    " Bondi_Beach Lake_Michigan Staten_Island Long_Island East_London South_Side Bay_Area Manhattan"
    " Brooklyn Queens Harlem Soho Shoreditch"
)
STREET_WORDS = _words(
    "Oak Maple Cedar Elm Pine Willow Chestnut Birch Walnut Magnolia Lincoln Washington Jefferson"
    " Madison Franklin Church Mill Station High Park Victoria Queen King George Albert Bridge Canal"
    " Harbour River Lake Hill Sunset Meadow Orchard Garden Market Castle Abbey Forest Spring Linden"
    " Rosewood Kingsway Broad Main Second Third 4th 12th 42nd Nehru Gandhi Bolivar Churchill MLK"
    " Beacon Valley Prospect Liberty Union Railroad College Academy Hawthorn Juniper Cypress"
    " Dogwood"
)
STREET_KINDS = _words(
    "Street St St. Avenue Ave Ave. Road Rd Rd. Lane Ln Drive Dr Dr. Boulevard Blvd Court Ct Place"
    " Pl Way Terrace Close Crescent Square Parkway Pkwy Highway Trail Circle Gardens Grove Row Mews"
    " Loop Alley Walk"
)
FOREIGN_STREETS = _words(
    "Hauptstraße Bahnhofstraße Lindenallee Goethestr. Schillerplatz rue_de_Rivoli avenue_Foch"
    " boulevard_Voltaire rue_Saint-Honoré place_Bellecour Calle_Mayor Avenida_Reforma Calle_Alcalá"
    " Paseo_de_Gracia Carrera_7 Via_Roma Corso_Garibaldi Piazza_Dante Via_Nazionale Rua_Augusta"
    " Avenida_Paulista Rua_das_Flores Keizersgracht Damrak Kerkstraat Storgatan Vesterbrogade"
    " Mannerheimintie Karl_Johans_gate ul._Marszałkowska ul._Długa Václavské_náměstí Andrássy_út"
    " Knez_Mihailova Atatürk_Caddesi İstiklal_Caddesi Nevsky_Prospekt ul._Lenina Khreshchatyk"
    " Al_Wasl_Road Tahrir_Street Hamra_Street MG_Road Linking_Road Anna_Salai Jalan_Sudirman"
    " Jalan_Ampang Sukhumvit_Soi_11 Nguyen_Hue_Street Nanjing_Road Zhongshan_Road Chuo-dori"
    " Omotesando Gangnam-daero Orchard_Road Nathan_Road Moi_Avenue Kenyatta_Avenue Awolowo_Road"
    " Broad_Street Bole_Road Samora_Machel_Avenue Long_Street Vilakazi_Street"
)
KNOWN_ORGANIZATIONS = _words(
    "Google Microsoft Apple Amazon Facebook Netflix Tesla Intel IBM Oracle Samsung Sony Toyota"
    " Honda Nissan Hyundai BMW Volkswagen Siemens Bosch Bayer BASF Nestlé Novartis Pfizer"
    " AstraZeneca GlaxoSmithKline Unilever Shell BP ExxonMobil Walmart Target Costco IKEA Tesco"
    " Carrefour Lidl Aldi Starbucks McDonald's Coca-Cola PepsiCo Nike Adidas Zara Uber Lyft Airbnb"
    " Spotify PayPal Visa Mastercard Stripe HSBC Barclays Citibank JPMorgan Goldman_Sachs"
    " Wells_Fargo Bank_of_America Deutsche_Bank Santander BNP_Paribas ICICI_Bank"
    " State_Bank_of_India Standard_Chartered Ecobank Safaricom MTN Vodafone Verizon AT&T T-Mobile"
    " Orange Telefónica FedEx UPS DHL Royal_Mail Boeing Airbus Lufthansa Emirates Qatar_Airways"
    " Air_France Delta_Air_Lines Ryanair NASA FBI CIA NSA IRS FDA CDC NHS UNICEF UNESCO WHO UN EU"
    " NATO OECD IMF World_Bank Red_Cross Amnesty_International Greenpeace Oxfam Save_the_Children"
    " BBC CNN NBC Reuters Al_Jazeera Bloomberg New_York_Times Washington_Post Guardian Le_Monde"
    " Harvard_University Stanford MIT Oxford_University Cambridge Yale University_of_Nairobi"
    " Makerere_University IIT_Bombay Peking_University University_of_Tokyo Sorbonne Mayo_Clinic"
    " Johns_Hopkins_Hospital Kaiser_Permanente Manchester_United Liverpool_FC Real_Madrid"
    " Bayern_Munich Lakers Yankees Red_Sox Chicago_Bulls Tata_Consultancy_Services Infosys"
    " Reliance_Industries Alibaba Tencent Huawei Baidu Xiaomi Foxconn Dangote_Group Petrobras"
    " Embraer Supreme_Court House_of_Commons European_Commission Ministry_of_Health Home_Office"
    " Department_of_Justice Scotland_Yard Interpol Salesforce Adobe SAP Zoom Slack LinkedIn Twitter"
    " YouTube Reddit TikTok"
)
ORGANIZATION_WORDS = _words(
    "Global United First Pacific Atlantic Northern Southern Central National Royal Summit Apex"
    " Horizon Pioneer Sterling Golden Silver Blue Green Crystal Eagle Falcon Phoenix Titan Nova"
    " Vertex Quantum Delta Omega Alpha Prime Metro Urban Coastal Mountain Valley Evergreen Sunrise"
    " Bright Clear Swift Smart Nex Syn Inno Medi Agri Bio Eco Aero Hydro Cyber"
)
ORGANIZATION_FIELDS = _words(
    "Logistics Foods Textiles Motors Pharma Pharmaceuticals Insurance Capital Partners Systems"
    " Software Technologies Solutions Energy Power Steel Mining Airlines Shipping Media Publishing"
    " Records Studios Consulting Advisors Ventures Holdings Properties Construction Engineering"
    " Architects Labs Analytics Robotics Networks Telecom Bank Trust Credit_Union Clinic Hospital"
    " Medical_Center Pharmacy School Academy College University Institute Foundation Church Council"
    " Association Society Union Federation Theatre Museum Gallery Library Hotel Restaurant Bakery"
    " Brewery Café Gym Plumbing Electric Roofing Landscaping Dental Veterinary_Clinic Law_Firm"
    " Orchestra Football_Club Rovers Athletic"
)
ORGANIZATION_SUFFIXES = _words(
    "Inc Inc. LLC Ltd Ltd. Limited PLC plc GmbH AG S.A. SA S.p.A. B.V. N.V. AB Oy A/S Corp Corp."
    " Corporation Co. Company Group Pty_Ltd Pvt_Ltd & _Sons KK SARL Kft d.o.o. Sdn_Bhd LLP"
    " International Worldwide Bros. e.V."
)
TITLES = _words(
    "Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof Prof. Professor Sir Dame Lord Lady Rev. Father Sister"
    " Judge Justice Senator Congresswoman President Minister Captain Sgt. Lt. Col. Officer Nurse"
    " Herr Frau Monsieur Madame Señor Señora Don Sheikh Imam Rabbi Hon. Mx Cllr Engr. Chief Auntie"
    " Uncle Coach Detective Agent Attorney"
)
JOBS = _words(
    "nurse teacher engineer lawyer accountant driver plumber electrician surgeon dentist pharmacist"
    " journalist editor photographer architect carpenter chef waiter cashier manager director"
    " consultant analyst developer tester designer receptionist secretary clerk farmer fisherman"
    " soldier pilot mechanic welder janitor gardener librarian professor researcher student intern"
    " barista baker tailor hairdresser translator judge prosecutor detective firefighter paramedic"
    " social_worker project_manager sales_representative data_scientist product_owner team_lead"
    " account_manager customer_service_agent branch_manager head_of_marketing"
    " chief_financial_officer personal_trainer music_teacher"
)
THINGS = _words(
    "invoice refund laptop phone router charger headset keyboard monitor printer subscription"
    " password account order parcel delivery warranty contract ticket coupon voucher membership"
    " appointment prescription receipt statement mortgage loan claim policy passport licence"
    " application form package bike sofa mattress lamp kettle blender jacket sneakers dress watch"
    " camera tablet bracelet suitcase backpack textbook guitar tent stroller toaster vacuum freezer"
    " dishwasher drill"
)
WORDS_LIKE_NAMES = _words(
    "will mark bill grant may june april rose grace hope faith joy dawn summer autumn amber ruby"
    " pearl jade rich frank art chase drew pat rob sue jack nick max carol penny ginger basil rusty"
    " sandy sunny robin jay hunter mason cooper baker king young long short brown black white green"
    " stone wood field hill brook lake forest rivers banks price cash bond major sterling miles"
    " porter parker carter page reed ray dean duke earl guy gene hazel olive violet daisy lily"
    " heather holly ivy iris fern savannah dallas austin paris london sydney florence china jordan"
    " chad israel india georgia victoria charity mercy patience prudence constance angel christian"
    " destiny crystal diamond star sky rain storm misty stormy"
)
"""Ordinary words that are also names: the hard negatives."""
PRODUCT_FIRST = _words(
    "Rain Quiet Pocket Smart Power Air Clean Easy Snap Glow Cloud Thermo Aqua Sound Turbo Eco Fit"
    " Night Solar Swift Ultra Mega Mini Core Flex Pure Fresh Bright Steam Volt Pixel Sky Trail Home"
    " Desk Foot Hand Auto Dual Omni Max Mark Grace Ruby Jade Amber Ivy Hazel Robin Dawn Atlas Nova"
    " Luna Otto Bruno Felix Clara Emma Lotta Velto Zentri Brixo Lumen Kora Orbit Nimbus Zephyr"
    " Tempo Vivo Aero Hydro Thermi Quanta Sonic Nordic Urban Breeze Ember Cosy Silent Rapid Handy"
    " Magic Royal Vega Comet Echo Onyx Cobalt Lyra Orion Trekka Dorma Plushy Kitcho Nina Hugo Oscar"
    " Stella Leo Mila Ada Alba Vera Theo Ines Edgar Kessler Brandt Halden Morrow Penrose Tarrant"
    " Whitlock Marlow Sutton Barlow Everett Tilden"
)
PRODUCT_LAST = _words(
    "Gauge Scale Fan Mate Lamp Pad Cup Light Brush Clock Watch Vac Mop Lock Bell Plug Dock Stand"
    " Case Cook Brew Mix Press Charge Band Track Sense Filter Heater Cooler Board Mouse Key Pod"
    " Buds Bar Box Hub Cam Grill Kettle Iron Saw Blender Roaster Grinder Steamer Juicer Toaster"
    " Freezer Purifier Humidifier Dryer Shaver Trimmer Massager Pillow Blanket Chair Desk Shelf"
    " Rack Crate Bag Pack Bottle Flask Mug Pan Wok Knife Peeler Whisk Torch Lantern Tent Scooter"
    " Helmet Pump Drill Sander Mower Hose Sprayer Router Speaker Monitor Tablet Printer Carver"
    " Porter"
)
"""Parts of invented products; some first parts are names too."""
NAME_QUALITIES = _words(
    "Standing Running Walking Sitting Flying Lone Two Three Many Little Big Long Tall Red White"
    " Black Yellow Blue Spotted Iron Swift Brave Good Strong Young Old Eagle Crow Horse Bear Fast"
    " High Kills His Her Charging Rising Holy"
)
NAME_BEINGS = _words(
    "Bear Elk Wolf Hawk Crow Owl Fox Deer Buffalo Horse Bull Eagle Feather Cloud Thunder Moon Star"
    " Rain Wind River Stone Shield Arrow Bow Robe Shirt Heart Hand Woman Man Boy Chief Wing Tail"
    " Bonnet Horses Enemy Smoke Knife Hair"
)
"""Words of which family names such as ``Standing Elk`` are made."""
CELLS_WITHOUT_NAMES = _words(
    "active inactive pending closed open resolved urgent low medium high true false yes no n/a"
    " unknown none null red green blue black white silver small large XL XXL cotton leather steel"
    " wood plastic monday tuesday friday january march august weekly monthly yearly quarterly male"
    " female other single married divorced widowed premium basic gold platinum trial beta stable"
    " admin user guest manager viewer editor owner Bluetooth Wi-Fi USB-C HDMI iPhone_14 Galaxy_S22"
    " ThinkPad_X1 PlayStation_5 Model_3 F-150 Corolla Civic Golf_GTI hatchback sedan SUV diesel"
    " electric hybrid petrol Ibuprofen Paracetamol Amoxicillin Metformin Insulin hypertension"
    " diabetes asthma migraine fracture pneumonia anemia margherita cappuccino espresso cheddar"
    " basmati salmon chicken_curry green_tea oat_milk sourdough olive_oil credit_card bank_transfer"
    " cash cheque direct_debit free_shipping express standard next_day in_stock out_of_stock"
    " backordered returned exchanged error warning info debug critical timeout success failed retry"
    " canceled approved denied Golden_Retriever Siamese Labrador Poodle Robin Sparrow"
    " Atlantic_Salmon Rosa_canina Quercus_robur Iris_setosa Iris_versicolor Python Java Rust"
    " JavaScript PostgreSQL Redis Kafka Docker Kubernetes Linux Windows_11 Ubuntu Android north"
    " south east west upper lower left right front rear ground_floor basement lobby warehouse aisle"
    " shelf"
)
CITY_BODIES = _words(
    "United City_Council Police_Department High_School District_Court General_Hospital FC"
    " Court_of_Appeal Administrative_Court Prosecutor's_Office"
)
