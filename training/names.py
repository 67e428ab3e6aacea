"""Personal names by origin, written in Latin letters, each with given names of two genders and family names.

Written for this project. One name in five (by digest) never reaches training: fairness slices are measured on those.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Names of one origin."""

    female: tuple[str, ...]
    """Given names usual for women."""
    male: tuple[str, ...]
    """Given names usual for men."""
    family: tuple[str, ...]
    """Family names; a ``_`` stands for the space inside one."""
    family_first: bool = False
    """True where the family name is usually written first."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


def _origin(female: str, male: str, family: str, family_first: bool = False) -> Origin:
    return Origin(_names(female), _names(male), _names(family), family_first)


ORIGINS: dict[str, Origin] = {
    "anglo": _origin(
        "Emma Olivia Abigail Harriet Meredith Tiffany Brooke Madison Heather Kimberly Shannon Beverly Joanne Paige "
        "Hazel Lorna Gemma Nicola Rosalind Winifred Peggy Dawn Faith Joy Ivy Amber Holly Ruby Autumn Gail Kelsey "
        "Lindsay Marcia Tamsin",
        "Oliver Harry Bradley Spencer Trevor Nigel Graham Stuart Dwight Russell Wesley Clifford Gordon Leonard "
        "Douglas Rodney Barry Keith Ross Grant Chase Hunter Carter Mark Bill Frank Rob Drew Cole Wade Dale Glenn "
        "Curtis Percy Rupert",
        "Thompson Whitaker Harrington Ellison Bradshaw Pemberton Holloway Fletcher Barrett Langley Ashworth Stokes "
        "Marsh Hobbs Rowe Pratt Briggs Sutton Baker Cook Young King Brown White Green Black Long Rice Price Wood "
        "Banks Woods Stone Frost Day Church Bishop Pope Knight Noble Sharp Swift Bell Fox Wolf Finch Crane Hill "
        "Rivers Brooks Waters O'Neill O'Connor McAllister MacLeod Fitzgerald Smith-Jones Hughes Nesbitt",
    ),
    "african_american": _origin(
        "Latoya Shanice Keisha Ebony Tamika Aaliyah Imani Kiara Shaniqua Deja Precious Nia Tanisha Lakisha Monique "
        "Raven Jada Destiny Diamond Latasha Yolanda Chantel Shavonne Ayanna Zaria Tamara Latrice Aniyah Brianna "
        "Candace Cierra Dominique Essence Felicia Gwendolyn Iesha Jazmine Kenya LaShonda Makayla Nichelle Octavia "
        "Porsha Quiana Rhonda Sheila Tierra Unique Vernita Whitney Yvette",
        "Darnell Tyrone Jamal DeShawn Marquis Terrell Malik Demetrius Lamar Tremaine Jermaine Rashad Devonte Kareem "
        "Tyrell Jalen Antwan Cedric DeAndre Javon Kendrick Andre Marcellus Reginald Isiah Alonzo Bernard Cornell "
        "Darius Donte Elijah Ezekiel Freddie Garfield Isaiah Jarvis Khalil LaMarcus Leroy Maurice Nathaniel Omari "
        "Percy Quincy Roosevelt Shaquille Terrence Trayvon Tyshawn Vernon Wendell Xavier Zion",
        "Washington Jefferson Booker Banks Jackson Robinson Gaines Hairston Broadnax Dorsey Mosley Rivers Battle "
        "Singletary Muhammad Bolden Pettway Winfield Gadsden Tubman Coleman Bryant Dixon Franklin Simmons Holloman "
        "Ruffin Cheeks Alexander Bailey Bynum Caldwell Carver Charles Clay Cunningham Daniels Dawkins Easley Ellis "
        "Freeman Garvey Glover Harris Haynes Hooks Ingram Ivory Jenkins Johnson Kincaid Lewis Mayfield McKnight "
        "Merriweather Norwood Oliver Peoples Pinkney Randolph Roper Sampson Shuttlesworth Tatum Tisdale Underwood "
        "Vance Walker Wilkerson Yarborough",
    ),
    "hispanic": _origin(
        "Guadalupe Ximena Rocío Maribel Consuelo Yesenia Itzel Pilar Dolores Esperanza Luz Mercedes Graciela Lourdes "
        "Marisol Catalina Valentina Camila Soledad Jimena Araceli Paloma Inés Beatriz Nayeli Fernanda Alejandra Belén "
        "Noemí Remedios Adriana Ana_María Blanca Carmen Claudia Diana Elvira Flor Gloria Hilda Irma Jacinta Lidia "
        "Magdalena Norma Olga Patricia Rosario Silvia Teresa Verónica Yolanda Zoraida",
        "Joaquín Santiago Mateo Rigoberto Ignacio Hernán Emiliano Rodrigo Gonzalo Álvaro Esteban Jesús Ángel Fidel "
        "Ramiro Gustavo Cruz Leandro Anselmo Nicanor Octavio Raúl Efraín Maximiliano Salvador Wilfredo Ulises Facundo "
        "Iker Germán Adolfo Agustín Alfredo Arturo Benito César Domingo Eduardo Felipe Fernando Gerardo Héctor Ismael "
        "José_Luis Juan_Carlos Leonel Manuel Néstor Óscar Pablo Rafael Sergio Tomás Vicente",
        "García Rodríguez Hernández Gutiérrez Villanueva Zamora Quiñones Echeverría Montoya Cárdenas Saavedra "
        "Iglesias Peña Núñez Ibáñez Ochoa Zúñiga Benavides Arriaga Escobedo Cabrera Flores Reyes Ríos Campos Mora "
        "Luna Vega de_la_Cruz de_León del_Toro Delgado Carrasco Ortega Bustamante Salazar Zapata Cisneros Avendaño "
        "Uribe Ramírez_Soto López_Marín Aguilar Álvarez Ayala Barrera Castañeda Cervantes Contreras Domínguez "
        "Espinoza Fuentes Galindo Guerrero Herrera Juárez Lozano Maldonado Márquez Medina Méndez Molina Morales "
        "Navarro Orozco Pacheco Padilla Palacios Paredes Pineda Rosales Rubio Salinas Sandoval Serrano Solís Tapia "
        "Trujillo Valdez Vargas Velázquez Villarreal",
    ),
    "brazilian": _origin(
        "Thaís Luciana Juliana Bruna Débora Larissa Jussara Iara Rosângela Vitória Letícia Raíssa Fabiana Aparecida "
        "Nilza Camilla Priscila Tatiane Marlene Yasmin Ana_Clara Adriana Eduarda Gabriela Isadora Simone Rosana "
        "Vanessa Cristiane Elisângela Jaqueline Kátia Luana Mariana Natália Patrícia Regiane Sônia Terezinha Valéria "
        "Zuleide Ivone Marilene Cleide Edilene Janaína Lúcia Manuela Flávia Conceição",
        "João Thiago Caio Vinícius Rafael Leonardo Edson Anderson Wellington Raimundo Jair Otávio Murilo Renan "
        "Ubirajara Heitor Davi Nilton Cauã Gilberto Antônio Carlos_Eduardo Cláudio Diego Everton Fábio Genivaldo Hugo "
        "Igor Joaquim Josué Laerte Luiz_Henrique Marcelo Maurício Nelson Osvaldo Paulo_César Reinaldo Sérgio Tarcísio "
        "Valdemar Washington Zeca Adalberto Breno Cleiton Douglas Emerson Francisco",
        "Silva Oliveira Pereira Carvalho Nascimento Araújo Cavalcanti Barbosa Figueiredo Teixeira Monteiro dos_Santos "
        "da_Costa do_Amaral Peixoto Magalhães Bittencourt Drummond Siqueira Queiroz Fagundes Guimarães Moura Ribeiro "
        "Almeida Alves Andrade Azevedo Barros Batista Braga Brito Camargo Campelo Cardoso Castro Coelho Correia Cunha "
        "Dantas Dias Duarte Farias Fernandes Ferreira Freitas Gomes Gonçalves Lacerda Leite Lima Lopes Macedo Machado "
        "Marques Martins Medeiros Melo Mendes Miranda Moraes Moreira Nogueira Nunes Pacheco Pinheiro Pires Ramos "
        "Rezende Rocha Sá Sampaio Santana Souza Tavares Vasconcelos Vieira Xavier",
    ),
    "french": _origin(
        "Amélie Solène Maëlys Capucine Clémence Océane Élodie Margaux Manon Aurélie Geneviève Odile Ségolène Bérénice "
        "Anaïs Lucie Mathilde Noémie Sylvie Delphine",
        "Étienne Thibault Gaspard Rémi Baptiste Loïc Yannick Cédric Maxence Florian Aurélien Jean-Luc Jean-Pierre "
        "Gaël Corentin Didier Fabrice Thierry Bastien Quentin",
        "Lefèvre Moreau Girard Dubois Rousseau Chevalier Marchand Boucher Leclerc Delacroix Gauthier Perrin Fournier "
        "Beaumont de_Villiers du_Pont Charpentier Meunier Poirier Vasseur Guillot Barbier Renard Lacroix Tremblay "
        "Bouchard Gagnon",
    ),
    "german": _origin(
        "Annika Heike Ulrike Liesel Gudrun Sabine Katrin Anneliese Franziska Wiebke Mareike Hannelore Silke Dörte "
        "Ingrid Greta Lieselotte Birgit Svenja Theresa Andrea Christa Dagmar Elfriede Erika Frauke Gerlinde "
        "Heidemarie Ilse Jutta Karin Leonie Marlies Nadine Petra Renate Sieglinde Trude Ursula Waltraud",
        "Jürgen Dietrich Holger Klaus Uwe Matthias Torsten Sebastian Heinrich Günther Lukas Jonas Wolfgang Eckhard "
        "Bernd Volker Ralf Detlef Till Moritz Alfred Arne Benedikt Christoph Dieter Egon Ernst Fabian Friedrich Georg "
        "Gerhard Hannes Helmut Horst Ingo Jens Kai Karl-Heinz Kilian Ludwig Manfred Niklas Norbert Otto Rainer "
        "Reinhold Rolf Siegfried Stefan Thorsten Udo Werner",
        "Schneider Hoffmann Zimmermann Schröder Krüger Köhler Baumgartner Vogel Lindner Engelhardt Pfeiffer Kaiser "
        "Jäger Richter Winkler Sauer Brandt Stein Graf Busch von_Hohenstein Müller-Lüdenscheid Weiß Groß Kästner Dürr "
        "Ziegler Haas Müller Schmidt Fischer Weber Meyer Wagner Becker Schulz Koch Bauer Klein Wolf Schwarz Braun "
        "Hofmann Hartmann Lange Werner Krause Lehmann Maier Huber Kaufmann Fuchs Lang Scholz Möller König Keller "
        "Berger Frank Roth Beck Lorenz Böhm Schuster Arnold Hahn Schubert",
    ),
    "italian": _origin(
        "Giulia Chiara Ludovica Ginevra Beatrice Fiorella Concetta Antonella Martina Alessia Serena Ornella Graziella "
        "Rosalba Loredana Mirella Azzurra Bianca Caterina Donatella Elena Federica Francesca Ilaria Lucrezia Michela "
        "Noemi Ottavia Paola Rossella Sara Silvana Stefania Teresa Valentina Veronica Viola Camilla Agnese Carlotta",
        "Giuseppe Lorenzo Matteo Alessandro Salvatore Gennaro Massimo Fabrizio Raffaele Emanuele Ettore Carmine "
        "Domenico Vincenzo Gianluca Pierluigi Tommaso Nicolò Rocco Umberto Achille Alberto Aldo Angelo Bruno Cesare "
        "Claudio Corrado Davide Dario Edoardo Enrico Federico Filippo Flavio Franco Guido Ivano Luca Marcello Mauro "
        "Michele Ottavio Paolo Renato Riccardo Roberto Sandro Simone Ugo",
        "Ferrari Esposito Bianchi Colombo Ricci Marchetti Rinaldi Caruso De_Luca D'Angelo Di_Stefano Lombardi Palumbo "
        "Fontana Santoro Pellegrini Mancuso Barbieri Sorrentino Bellini Cattaneo Guerra Messina Vitale Zanetti "
        "Lo_Presti Rossi Romano Gallo Conti Costa Giordano Mancini Moretti Rizzo Lombardo Galli Ferrara Mariani "
        "Martinelli Longo Gentile Leone Coppola Parisi Villa Conte Serra Fabbri Bianco Marini Grasso Valentini Sala "
        "De_Santis D'Amico Pagano Piras Orlando Basile Bernardi",
    ),
    "dutch_nordic": _origin(
        "Saskia Marijke Femke Anouk Fleur Sanne Maaike Astrid Sigrid Ingeborg Freja Maja Linnea Ylva Aino Päivi Hilda "
        "Guðrún Solveig Tuuli",
        "Joost Maarten Sjoerd Willem Bram Thijs Lars Anders Bjørn Håkon Magnus Torbjörn Mikko Jukka Eero Søren Rasmus "
        "Leif Gunnar Þór",
        "van_der_Berg de_Vries Jansen van_Dijk Bakker Visser ten_Have Hoekstra Johansson Lindqvist Bergström Nyström "
        "Sørensen Mikkelsen Kjeldsen Virtanen Korhonen Mäkinen Hämäläinen Jónsdóttir Sigurðsson Haugen Solberg "
        "Ødegård Åkesson Dahl",
    ),
    "russian": _origin(
        "Anastasia Ekaterina Svetlana Lyudmila Oksana Yulia Polina Ksenia Galina Tatyana Zhanna Raisa Yelena Nadezhda "
        "Darya Vasilisa Alyona Marfa Irina Zoya",
        "Dmitri Vladimir Aleksei Sergei Nikolai Yevgeny Boris Konstantin Grigory Anatoly Vyacheslav Ruslan Gennady "
        "Stanislav Timofey Oleg Fyodor Arkady Ilya Rodion",
        "Ivanov Smirnova Kuznetsov Volkov Sokolova Morozov Fedorov Popova Lebedev Kozlov Zaytsev Belyakova Orlov "
        "Bogdanov Yermakov Shevchenko Kovalenko Bondarenko Tkachuk Melnyk Kravets Zhukovsky Chernyshevsky Medvedeva "
        "Solovyov Tarasenko",
    ),
    "polish_czech": _origin(
        "Agnieszka Małgorzata Katarzyna Zofia Jadwiga Bożena Grażyna Wiesława Kinga Halina Zuzana Markéta Kateřina "
        "Jitka Ludmila Božena Danuta Ewelina Iwona Renáta Aleksandra Magdalena Joanna Barbara Ewa Anna Beata Dorota "
        "Urszula Wanda Genowefa Stanisława Czesława Aldona Bronisława Lucyna Mirosława Teresa Paulina Sylwia Weronika "
        "Oliwia Lenka Alena Hana Jarmila Květa Ladislava Miroslava Vlasta Zdenka Dagmar Blanka Šárka Radka Žaneta "
        "Eliška Barbora Dana Soňa",
        "Zbigniew Wojciech Krzysztof Andrzej Grzegorz Mateusz Bogusław Kazimierz Zdzisław Jarosław Tomáš Jiří Zdeněk "
        "Vojtěch Ondřej Radek Bartosz Leszek Mirosław Szymon Piotr Paweł Michał Łukasz Marcin Dariusz Rafał Tadeusz "
        "Stanisław Henryk Ryszard Czesław Wiesław Edward Eugeniusz Lech Maciej Przemysław Sławomir Waldemar Zygmunt "
        "Jacek Janusz Bronisław Dominik Kamil Hubert Konrad Witold Marek Jan Petr Pavel Václav Miroslav František "
        "Jaroslav Luboš Martin Milan Vladimír Stanislav Radim Karel Ladislav Josef Břetislav Vlastimil Bohumil "
        "Čestmír Miloslav Květoslav Libor Roman Antonín Matěj Šimon Adam",
        "Kowalski Wiśniewska Wójcik Kamiński Lewandowska Zieliński Szymański Woźniak Dąbrowski Kozłowska Jabłoński "
        "Pawłowski Novák Svobodová Dvořák Černý Procházka Kučera Horáková Němec Krejčí Brzęczyszczykiewicz "
        "Szczepańska Grabowski Mazur Krawczyk Piotrowski Grabowska Pawlak Michalski Nowakowski Adamczyk Dudek "
        "Wieczorek Majewski Olszewski Stępień Malinowski Jaworski Górski Sikora Walczak Baran Rutkowska Ostrowski "
        "Tomaszewski Zalewski Wróblewski Jasiński Sadowski Bąk Duda Chmielewska Borkowski Czarnecki Sawicki Urbańska "
        "Kubiak Maciejewski Szczepański Wilk Lis Mazurek Gajewski Krupa Świątek Głowacki Żak Novotný Pospíšil Hájek "
        "Jelínek Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák Vaněk Urban Kříž Blažek Kratochvíl "
        "Kopecký Konečný Malý Čech Štěpánek Vlček Soukup Šimek Polák Musil Hruška Tichý Bartoš Kadlec",
    ),
    "greek": _origin(
        "Eleni Despina Vasiliki Konstantina Panagiota Athanasia Evangelia Ioanna Chrysoula Stavroula Aikaterini "
        "Fotini Angeliki Theodora Kalliopi Zoi Paraskevi Anthi Dimitra Artemis Argyro Dionysia Eirini Fani Georgia "
        "Ifigeneia Katerina Lamprini Magda Niki Olga Pelagia Rania Sofia Triantafyllia Xenia Chara Marina",
        "Giorgos Dimitris Konstantinos Panagiotis Vasilis Nikolaos Evangelos Stavros Thanasis Spyros Theodoros "
        "Apostolos Christos Yannis Lefteris Stelios Petros Aristotelis Odysseas Manolis Achilleas Alexandros "
        "Anastasios Charalampos Dionysis Fotis Grigoris Ilias Kostas Leonidas Michalis Nektarios Orestis Pavlos "
        "Sotiris Takis Thodoris Vangelis",
        "Papadopoulos Papadopoulou Georgiou Nikolaidis Vlachos Karagiannis Oikonomou Dimopoulos Anagnostou "
        "Kostopoulos Makris Samaras Pappas Christodoulou Athanasiadis Stavropoulou Kyriakidis Zervas Galanis Hatzis "
        "Tsipouras Kontos Alexiou Antoniou Arvanitis Dimitriou Economou Fotiadis Gerasimou Ioannidis Kallergis "
        "Katsaros Konstantinou Lambrou Mavridis Michailidis Panagopoulos Petridis Raptis Sotiropoulos Theodorou "
        "Tsakiris Vasileiou Xanthopoulos",
    ),
    "turkish": _origin(
        "Ayşe Fatma Zeynep Elif Emine Hatice Gülşen Merve Büşra Esra Tuğba Nilüfer Şebnem Defne Sevgi Özlem Yıldız "
        "Ceren Pınar Dilek İpek Derya Gönül Sibel Aslı Bahar Canan Ebru Filiz Gamze Hande İrem Jale Kübra Lale Melike "
        "Nazlı Pelin Reyhan Selin Şule Tülay Ülkü Zehra",
        "Mehmet Mustafa Emre Burak Cem Kerem Oğuz Serkan Tolga Hakan Barış Deniz Volkan Umut Yusuf Selim Tuncay Onur "
        "Ertuğrul Kaan Orhan Tarkan Çağlar Alparslan Ahmet Ali_Rıza Bülent Cengiz Doruk Ege Fatih Gökhan Halil İsmail "
        "Kadir Levent Metin Nuri Ozan Ömer Rıza Sinan Şükrü Taner Uğur Yavuz Zafer",
        "Yılmaz Kaya Demir Çelik Şahin Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Çetin Korkmaz Erdoğan Güneş "
        "Bulut Karaca Tekin Aksoy Polat Koç Özkan Taş Bozkurt Karadağ Necatigil Alkan Acar Akın Altun Ateş Avcı "
        "Başaran Bayraktar Can Çakır Coşkun Duman Ekinci Ergün Gül Gündüz Işık Kara Keskin Kurt Özer Sarı Sönmez "
        "Taşkın Toprak Tunç Turan Uçar Ünal Yalçın Yavuz",
    ),
    "arabic": _origin(
        "Fatima Aisha Layla Maryam Noor Zainab Khadija Amira Yasmin Rania Hala Samira Salma Nadia Huda Dalia Farah "
        "Ghada Rasha Wafa Lubna Siham Hanan Iman Nour Umm_Kulthum Jamila Abeer Dina Asma Afaf Basma Buthaina Doaa "
        "Eman Fadwa Hind Intisar Joumana Kawthar Lamia Maha Nawal Ola Qamar Rima Sahar Thuraya Widad Yara Zahra",
        "Mohammed Ahmed Omar Khalid Hassan Hussein Yousef Ibrahim Tariq Mahmoud Abdullah Abdul_Rahman Karim Walid "
        "Nasser Faisal Samir Bilal Ziad Rami Hamza Anwar Jaber Mustapha Salah Adel Rashid Fouad Imran Sultan "
        "Abdel_Karim Ammar Basil Daoud Emad Fadi Ghassan Haitham Issam Jamal Kamal Louay Maher Munir Nabil Osama Qais "
        "Raed Saad Tamer Usama Wael Yasser Zuhair",
        "al-Masri Al-Farsi Haddad Khoury El-Sayed Mansour Al_Rashid Najjar bin_Salman Abdelaziz Al-Khatib Saleh Qasim "
        "Hamdan Shaheen Darwish Al-Tamimi Ben_Ali Bouazizi Benali Zidane Chaoui Abu_Zayd Aziz Jaber Nasrallah "
        "Al-Otaibi El_Amrani Bensalem Ghanem Sabbagh Barakat Fayed Hashemi Al-Ghamdi Al-Harbi Al-Qahtani Al-Shehri "
        "Abdelrahman Abboud Ayoub Bakri Bitar Dabbagh El-Baz El-Masry Fakhoury Ghazali Habib Halabi Ismail Jaziri "
        "Kassab Khalifa Lahham Maalouf Mroueh Naim Odeh Qabbani Rahal Sayegh Taleb Yassin Zayed",
    ),
    "persian": _origin(
        "Shirin Parisa Mahsa Nasrin Azadeh Golnaz Roya Setareh Niloufar Laleh Mitra Farzaneh Leila Soraya Forough "
        "Bahar Anahita Taraneh Mina Negar",
        "Reza Dariush Kourosh Behrouz Farhad Hossein Arash Babak Siamak Bijan Ramin Kaveh Mehdi Shahram Omid Jamshid "
        "Houshang Amir Navid Keyvan",
        "Tehrani Hosseini Ahmadi Rahimi Ghorbani Farahani Shirazi Khorasani Nouri Pahlavi Karimi Moradi Zand "
        "Kiarostami Esfahani Rostami Jafari Mokhtari Sadeghi Golzar Daneshvar Bakhtiari Ebadi Farrokhzad",
    ),
    "indian": _origin(
        "Priya Ananya Lakshmi Deepika Sunita Kavya Aishwarya Meera Pooja Swati Divya Neha Shreya Radhika Padma Geetha "
        "Asha Usha Rekha Jyoti Kiran Anjali Indira Sangeeta Vidya Bhavana Savitri Tulsi Malini Harpreet Gurleen "
        "Simran",
        "Rajesh Vikram Arjun Suresh Amit Sanjay Rahul Ravi Anil Krishna Venkatesh Harish Prakash Ashok Deepak Manoj "
        "Naveen Karthik Subramanian Gopal Dev Om Jai Rohan Siddharth Aditya Balaji Gurpreet Harjit Manpreet Jaspal "
        "Kunal",
        "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Menon Mukherjee Chatterjee Banerjee Deshpande Kulkarni Joshi "
        "Agarwal Mehta Shah Kapoor Malhotra Venkataraman Krishnamurthy Pillai Rao Das Bose Sen Dutta Choudhury Kaur "
        "Gill Sandhu Dhillon Trivedi Bhattacharya Srinivasan Raghunathan Thakur",
    ),
    "pakistani_bangladeshi": _origin(
        "Ayesha Sana Hina Mehwish Rabia Bushra Nasreen Saima Kiran Sadia Farzana Shazia Rukhsana Tahmina Nusrat "
        "Sultana Maliha Zubaida Parveen Shabnam",
        "Bilal Usman Imran Kamran Asif Zeeshan Shahid Waqar Junaid Faisal Tanvir Rafiq Mizanur Shakib Nadeem Aamir "
        "Saqib Zahid Habibur Arif",
        "Khan Malik Qureshi Butt Chaudhry Siddiqui Hussain Akhtar Bhatti Mirza Baig Rahman Islam Hossain Uddin "
        "Chowdhury Begum Mahmood Ansari Sheikh Awan Gilani Bhutto Afridi Miah Talukder",
    ),
    "chinese": _origin(
        "Xiaoling Mei Yan Jing Li_Na Hui Xiu_Ying Yuxin Zihan Meiling Wenjing Xue Fang Qian Lihua Shu-fen Mei-hua "
        "Siu_Ling Yating Jiayi Ruolan Ting Xinyi Chunhua Peizhi Aiping Baozhen Caixia Dongmei Fenglan Guiying Haiyan "
        "Junli Lanying Lingling Minghua Na Qiaolian Rong Shuzhen Tingting Weihong Xiaohong Yanling Yumei Zhenzhen "
        "Hoi_Yan Pui_Shan Wing_Yan Mei-ling",
        "Wei Jianguo Ming Haoran Zhiqiang Xiaoming Yifan Jun Guo Bo Chen-Wei Chih-ming Ka-shing Wai_Man Zhenyu Jiahao "
        "Weidong Tao Peng Zixuan Qiang Rui Dawei Hongwei Shiming Aiguo Bin Changming Deming Fugui Gang Haitao Jianjun "
        "Kaiwen Lei Mingzhe Ningbo Pengfei Qing Ronghua Shaohua Tianyu Wenbin Xiangdong Yong Zhigang Kwok-wai "
        "Chi_Keung Ho_Yin Jun-jie",
        "Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Xie Tang Han Cao Deng "
        "Feng Ouyang Chan Cheung Leung Wong Ng Tsai Hsieh Tseng Kwok Szeto Lau Bai Cai Cheng Cui Dai Ding Dong Du Fan "
        "Fang Fu Gong Gu Hao Hou Jia Jiang Jin Kong Lei Li Liang Long Lu Mao Meng Niu Pan Peng Qian Qin Ren Shao Shen "
        "Shi Su Tan Tao Tian Wan Wei Wen Xia Xiao Xiong Xue Yan Yao Ye Yin Yu Yuan Zeng Zhong Zou Fung Kwan Leong "
        "Poon Siu Yeung Yip",
        True,
    ),
    "japanese": _origin(
        "Yuki Sakura Haruka Naoko Ayumi Michiko Kumiko Emiko Akane Misaki Hanako Chiyo Tomoko Reiko Kaori Nanami Yoko "
        "Mai Shizuka Keiko Setsuko Rin Hina Asuka Aiko Chieko Eri Fumiko Hikari Izumi Junko Kana Maki Megumi Nana "
        "Rika Sachiko Takako Umeko Wakana Yayoi Yuriko",
        "Hiroshi Takeshi Kenji Daisuke Satoshi Kazuo Yusuke Ryota Shinji Makoto Haruto Akira Tetsuya Masahiro Noboru "
        "Ichiro Kenta Minoru Shigeru Takumi Ren Goro Yoshio Junichi Atsushi Daichi Eiji Fumio Hideo Isamu Jiro "
        "Katsumi Kenichi Koji Mamoru Naoki Osamu Ryu Seiji Shota Susumu Tadashi Toru Yutaka",
        "Tanaka Suzuki Watanabe Yamamoto Nakamura Kobayashi Kato Yoshida Yamaguchi Matsumoto Inoue Kimura Shimizu "
        "Hayashi Mori Abe Ikeda Hashimoto Ishikawa Ogawa Okada Fujita Kojima Miyazaki Sakamoto Murakami Ota Ueno Arai "
        "Ohashi Sato Takahashi Ito Sasaki Matsui Saito Endo Aoki Fukuda Goto Hara Iwasaki Kondo Maeda Nishimura Ono "
        "Sakai Shibata Takeda Uchida Wada Yokoyama Hasegawa Kaneko Nakajima Sugiyama Tamura Harada Miyamoto",
    ),
    "korean": _origin(
        "Ji-woo Seo-yeon Min-ji Soo-jin Eun-ji Hye-jin Yuna Jiyoung Minseo Hyun-joo Sunhee Kyung-sook Bo-ra Da-eun "
        "Ha-neul Mi-kyung Yoo-jin Chae-won Nari Young-ja Ae-ra Bo-young Eun-hee Ga-young Hae-won Hyo-rin In-young "
        "Jin-ah Ji-hye Kyung-mi Mi-ran Na-yeon Seul-gi So-hee Soo-yeon Su-bin Sun-mi Ye-jin Yeon-hee Yu-ri",
        "Min-jun Ji-hoon Seung-ho Hyun-woo Dong-hyun Sung-min Jae-won Kyung-ho Young-soo Taeyang Joon-ho Sang-woo "
        "Woo-jin Gun-woo Byung-hun Chang-min Jong-un Ki-tae In-ho Doyun Beom-seok Chan-ho Dae-jung Do-hyun Geon-ho "
        "Gi-hun Hae-jin Hyuk-jae Il-nam Jae-hyun Jin-woo Jong-suk Kwang-soo Myung-bak Nam-joon Sang-hoon Seok-jin "
        "Tae-hyung Won-bin Yong-ho",
        "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong Moon Bae Baek Noh "
        "Nam Ryu Heo Namkoong Bang Bong Byun Cha Chae Chun Do Eom Gil Go Gong Ha Hyun In Ji Jin Joo Ki Koo Ma Min "
        "Myung Ok Pyo Rhee Sa Seok Seol Sung Tak Uhm Wang Woo Yang Yeo Yun",
        True,
    ),
    "vietnamese": _origin(
        "Thi_Hoa Linh Huong Thuy_Duong Ngoc_Anh Mai Lan Phuong Thanh_Ha Bich_Ngoc Kim_Chi My_Linh Tuyet Trang Nhung "
        "Quynh Hanh Yen Thu_Trang Diep Bao_Chau Cam_Tu Dao Hien Hoai_An Kieu Le_Thu Minh_Chau Nga Oanh Phung Quyen "
        "Suong Tam Thao Thuy Tien Uyen Van_Anh Xuan",
        "Minh Duc Van_Hung Quang Tuan Thanh_Son Hai Bao Huu_Phuoc Dinh_Khoa Long Phuc Trung Khanh Cuong Tien_Dat Hieu "
        "Nam Viet Dung An Anh_Tuan Binh Chien Dat Duy Gia_Huy Giang Hoang_Nam Huy Khoi Kien Loc Manh Nghia Nhat Phong "
        "Quoc_Bao Sang Tai Tam_Anh Thang Thinh Tho Tri Tu Vinh Vuong",
        "Nguyen Tran Le Pham Hoang Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Doan Luong Trinh Lam Nguyễn "
        "Trần Phạm Mai Cao Chau Chu Diep Ha Huynh Kieu La Lai Luu Mac Nghiem Ninh Quach Ta Thach To Tong Vuong Đặng "
        "Đỗ Bùi Huỳnh Võ",
        True,
    ),
    "southeast_asian": _origin(
        "Siti_Nurhaliza Dewi Ayu Putri Rina Sri Wulandari Nurul_Aini Maria_Luisa Jasmine Analyn Rosalinda Maricel "
        "Jhoanna Somchit Siriporn Apinya Malee Kanya Thida Chanthavy Bopha Suu Khin Nilar Aisyah Bunga Citra Dian "
        "Endang Fitri Indah Kartika Lestari Maya Ningsih Ratna Sari Tuti Yanti Maria_Cristina Imelda Ligaya "
        "Luzviminda Nenita Corazon Pranee Sunisa Wanpen Sreymom Phally May_Thet",
        "Budi Agus Joko Bambang Wahyu Eko Ahmad_Faizal Muhammad_Hafiz Jomar Rodel Arnel Efren Jejomar Somchai Anan "
        "Prasert Chaiwat Nattapong Sokha Vibol Aung Kyaw Zaw Thant Ko_Htet Adi Bayu Cahyo Dimas Fajar Gunawan Hendra "
        "Iwan Kurniawan Nugroho Rizki Slamet Teguh Yudi Zulkifli Crisanto Danilo Edgardo Reynaldo Virgilio Kittisak "
        "Niran Somsak Wichai Dara Rithy Zeya Thura",
        "Wijaya Santoso Susanto Hidayat Siregar Nasution Kusuma Prabowo Suharto bin_Abdullah binti_Ismail Dela_Cruz "
        "Bautista Macaraeg Dimaculangan Pangilinan Magsaysay Suwannarat Srisai Thongchai Wongsawat Sok Chea Htun "
        "Naing Myint Soe Batumbakal Catacutan Gunawan Halim Lestari Nugraha Permana Pratama Rahayu Saputra Setiawan "
        "Sihombing Sutanto Tanoto Utomo Wibowo Yulianto binti_Hassan bin_Ibrahim Aquino Bonifacio Dimagiba "
        "Evangelista Lacson Mangubat Panganiban Salonga Tolentino Villanueva Boonmee Chaiyaporn Jaidee Kaewmanee "
        "Ratanaporn Sukhumvit Heng Keo Ly Mao Prak Aye Lwin Oo Tun Win",
    ),
    "west_african": _origin(
        "Ngozi Chidinma Adaeze Ifeoma Chiamaka Folake Yetunde Abimbola Titilayo Oluwaseun Amina Hauwa Halima Ama "
        "Akosua Abena Efua Adwoa Fatou Aminata Mariama Ndeye Awa Bintou Blessing Patience Comfort Mercy Omolara Nneka",
        "Chukwuemeka Obinna Emeka Ikechukwu Chinedu Olumide Babatunde Adebayo Oluwatobi Femi Segun Kwame Kofi Kwabena "
        "Yaw Kojo Mamadou Ousmane Amadou Cheikh Ibrahima Sekou Moussa Musa Sani Godwin Sunday Innocent Goodluck Tunde",
        "Okonkwo Adeyemi Okafor Nwosu Eze Achebe Obi Adichie Ogunleye Afolabi Balogun Olawale Abubakar Bello Danjuma "
        "Mensah Owusu Asante Boateng Appiah Osei Agyeman Nkrumah Diallo Traoré Diop Ndiaye Coulibaly Konaté Touré "
        "Keita Sow Cissé Okoro Ekwueme Ademola Onyekachi",
    ),
    "east_african": _origin(
        "Wanjiku Achieng Nyambura Njeri Atieno Wambui Chebet Makena Zawadi Neema Amani Rehema Hawa Tirunesh Meseret "
        "Selamawit Hiwot Tsehay Birtukan Abeba Nakato Namukasa Uwimana Ingabire Hodan Ifrah Fadumo Sahra Mwajuma "
        "Saida",
        "Kamau Otieno Kipchoge Mwangi Ochieng Kiprono Juma Baraka Jabari Hamisi Haile Tesfaye Abebe Kenenisa Getachew "
        "Dawit Yohannes Bekele Okello Mukasa Ssentongo Habimana Ndayishimiye Abdi Farah Liban Warsame Mohamud Tadesse "
        "Makonnen",
        "Kimani Odhiambo Wekesa Njoroge Kariuki Omondi Mutua Kiptoo Rotich Chepkoech Onyango Nyerere Mwakasege Mushi "
        "Gebreselassie Wolde Desta Tekle Alemu Kebede Gebremariam Museveni Nsubuga Byaruhanga Kagame Mugisha "
        "Nkurunziza Abdullahi Ahmed_Nur Hersi Mohamud Ali_Yusuf Bekele Assefa",
    ),
    "southern_african": _origin(
        "Thandiwe Nomvula Zanele Lindiwe Nokuthula Busisiwe Ayanda Palesa Lerato Refilwe Naledi Chipo Rudo Tendai "
        "Tsitsi Nyasha Mutinta Chanda Annelie Marietjie Thembeka Nosipho Boitumelo Kagiso Ropafadzo",
        "Sipho Thabo Themba Bongani Mandla Sibusiso Tshepo Kagiso Katlego Tatenda Farai Tinashe Tafadzwa Mulenga "
        "Bwalya Kondwani Chikondi Pieter Hendrik Jabulani Lwazi Mpho Vusi Nkosinathi Simba",
        "Dlamini Nkosi Ndlovu Khumalo Mthembu Zulu Mkhize Ngcobo Sithole Molefe Mokoena Mahlangu Moyo Ncube Chikwanha "
        "Mugabe Mutasa Banda Phiri Mwale Mwanza Tembo van_der_Merwe Botha Pretorius Coetzee Viljoen Radebe Tshabalala "
        "Zuma",
    ),
    "hebrew": _origin(
        "Shira Noa Tamar Yael Rivka Chaya Avital Michal Hadassah Liora Ayelet Orly Efrat Shoshana Devorah Galit Inbal "
        "Merav Ronit Tova",
        "Avraham Moshe Yitzhak Shlomo Eitan Noam Yair Uri Gideon Boaz Amnon Ariel Menachem Shmuel Yehuda Ehud Nadav "
        "Tzvi Yaakov Zev",
        "Cohen Levi Mizrahi Peretz Biton Katz Shapiro Goldberg Rosenbaum Ben-David Bar-Lev Azoulay Dahan Friedman "
        "Shalom Weizmann Halevi Hadad Ohana Gabay Eshkol Rabinovich Ben_Gurion Lieberman",
    ),
    "balkan": _origin(
        "Jelena Milica Dragana Snežana Ljiljana Vesna Jasmina Emina Lejla Ivana Elena Raluca Ioana Mihaela Ștefania "
        "Zsófia Ágnes Katalin Desislava Arta Blerina Mirela Zrinka Tijana Gordana",
        "Dragan Zoran Slobodan Nemanja Miloš Goran Dušan Luka Mirza Adnan Bogdan Radu Mihai Ionuț Ștefan László "
        "Zoltán Gergely Attila Plamen Arben Agron Ivaylo Hrvoje Tihomir",
        "Jovanović Petrović Marković Đorđević Nikolić Kovačević Horvat Babić Hadžić Popescu Ionescu Dumitrescu "
        "Munteanu Nagy Szabó Kovács Tóth Varga Horváth Dimitrov Ivanova Georgieva Hoxha Krasniqi Berisha Novaković "
        "Ceaușu Stanković",
    ),
    "pacific_indigenous": _origin(
        "Leilani Kalani Moana Sina Mele Talia Aroha Ngaire Marama Hinemoa Anahera Winona Aiyana Chenoa Kaya Tallulah "
        "Salote Litia Noelani Malia Mereana Hine Tui Kiri Whetu Rangimarie Ripeka Atarangi Hinewai Maia Ihipera "
        "Huhana Mihi Teuila Lagi Sefina Fetu Tiresa Pepe Malaea Losa Lupe Ana_Lei Mafi Kalesita Seini Latu Elenoa "
        "Adi_Mere Unaisi Vasiti Sera Makelesi Alisi Ulamila Kehau Pualani Nalani Keala Iolana Kailani Hokulani Mahina "
        "Lani Uilani Nohea Haunani Dezbah Yanaba Nizhoni Shideezhi Haseya Ooljee Doli Awinita Ayita Galilahi Adsila "
        "Sequoia Wachiwi Wihakayda Kimimela Zitkala Anpaytoo Nokomis Migizi Shawna Orenda Pakwa Chosovi Kachina Nita "
        "Miakoda Onawa Kirra Tarni Lowanna Merindah Alinta Jedda",
        "Keoni Kai Tane Wiremu Hemi Rangi Tevita Sione Semisi Viliami Manaia Ioane Ratu Tipene Kekoa Makana Nahele "
        "Tuvalu Afa Siaosi Hone Pita Rawiri Hohepa Tamati Matiu Eruera Nikora Kahu Manu Ihaia Piripi Wirihana "
        "Te_Rangi Tama Kereama Anaru Mikaere Sefo Tavita Iosefa Faleafa Lole Fetuao Samoa Tupou Pita_Sione Sosaia "
        "Latiume Maka Semi Lagakali Inoke Epeli Josaia Waisale Jone Isikeli Apisai Keanu Kaleo Ikaika Koa Kawika Mano "
        "Kanoa Lono Pono Nainoa Ahiga Hastiin Niyol Sicheii Yiska Ashkii Notah Atsidi Mato Takoda Chaska Ohanzee "
        "Wicapi Tashunka Hotah Enapay Dakota Cetan Makwa Ahanu Nodin Degataga Waya Adahy Tsali Sequoyah Ouray Cochise "
        "Geronimo Kele Lapu Honaw Yarran Jarrah Bunji Warrun Minjarra Djalu",
        "Kealoha Kamaka Kahananui Tuiasosopo Faleolo Leota Taufa Vunipola Fonoti Parata Ngata Tamihere Te_Kanawa "
        "Bainimarama Naivalu Begay Yazzie Tsosie Whitehorse Nez Red_Cloud Two_Bulls Running_Bear Kalaniʻōpuʻu Pomare "
        "Rata Tamatea Ruka Paewai Kawharu Winitana Rangihuna Parekura Te_Whaiti Te_Ao Ngarewa Tawhai Wharepapa "
        "Marumaru Henare Kereopa Horomia Sopoaga Faumuina Tuilaepa Leavasa Tanuvasa Seumalo Lealaiauloto Savea Pulu "
        "Fifita Moala Tonga Havili Vainikolo Fatafehi Tuipulotu Latu Taumoepeau Ravouvou Nadolo Koroibete Waqa "
        "Rokoduguni Tikoirotuma Qarase Ganilau Kahale Akana Kaneshiro Keawe Kahalepuna Nakamaejo Kalama Makua "
        "Kanahele Hoapili Kapule Benally Tso Bitsui Nakai Manygoats Chee Attakai Etsitty Goldtooth Bluehouse "
        "Tsinajinnie Peshlakai Cly Holiday Hosteen Mankiller Swimmer Sixkiller Blackfox Youngbird Iron_Cloud "
        "Eagle_Bull Yellow_Horse Little_Thunder White_Bear Standing_Rock Spotted_Elk Lone_Hill Bad_Wound Good_Voice "
        "Crow_Dog Fast_Horse High_Elk Poor_Bear Kills_Small Red_Shirt Long_Soldier Brings_Plenty Yellow_Bird "
        "Two_Strike Deer Littlebear Whitefeather Tallchief Harjo Cornsilk Yunupingu Gurruwiwi Marika Pearson "
        "Tjapaltjarri Napangardi Nampijinpa",
    ),
}
"""Names by origin: 27 origins."""


def is_held_out(name: str) -> bool:
    """Return whether ``name`` is one of the fifth that training never sees."""
    return hashlib.sha256(name.casefold().encode()).digest()[0] % 5 == 0


def held_out(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``names`` that training never sees."""
    return tuple(name for name in names if is_held_out(name))


def trained_on(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``names`` that training may use."""
    return tuple(name for name in names if not is_held_out(name))
