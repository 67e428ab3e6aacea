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
        "Marisol Catalina Valentina Camila Soledad Jimena Araceli Paloma Inés Beatriz Nayeli Fernanda Alejandra "
        "Belén Noemí Remedios Adriana Ana_María Blanca Carmen Claudia Diana Elvira Flor Gloria Hilda Irma Jacinta "
        "Lidia Magdalena Norma Olga Patricia Rosario Silvia Teresa Verónica Yolanda Zoraida",
        "Joaquín Santiago Mateo Rigoberto Ignacio Hernán Emiliano Rodrigo Gonzalo Álvaro Esteban Jesús Ángel Fidel "
        "Ramiro Gustavo Cruz Leandro Anselmo Nicanor Octavio Raúl Efraín Maximiliano Salvador Wilfredo Ulises "
        "Facundo Iker Germán Adolfo Agustín Alfredo Arturo Benito César Domingo Eduardo Felipe Fernando Gerardo "
        "Héctor Ismael José_Luis Juan_Carlos Leonel Manuel Néstor Óscar Pablo Rafael Sergio Tomás Vicente",
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
        "Zuleide Ivone Marilene Cleide Edilene Janaína Lúcia Manuela Flávia Conceição Aline Amanda Andressa Bárbara "
        "Beatriz Carla Carolina Cecília Daniela Denise Eliane Elza Fátima Fernanda Gisele Helena Heloísa Ingrid "
        "Isabela Joana Josefa Kelly Lívia Lorena Luzia Maísa Márcia Mirian Nathália Neide Olívia Paloma Rafaela "
        "Rebeca Renata Roberta Rute Samara Sheila Silvana Sueli Taís Vera_Lúcia Viviane",
        "João Thiago Caio Vinícius Rafael Leonardo Edson Anderson Wellington Raimundo Jair Otávio Murilo Renan "
        "Ubirajara Heitor Davi Nilton Cauã Gilberto Antônio Carlos_Eduardo Cláudio Diego Everton Fábio Genivaldo "
        "Hugo Igor Joaquim Josué Laerte Luiz_Henrique Marcelo Maurício Nelson Osvaldo Paulo_César Reinaldo Sérgio "
        "Tarcísio Valdemar Washington Zeca Adalberto Breno Cleiton Douglas Emerson Francisco Adriano Alan Alexandre "
        "Aloísio Amauri André Arthur Augusto Benedito Bernardo Bruno Caetano Celso Cícero Cristiano Daniel Denilson "
        "Edmilson Eduardo Élcio Enzo Erick Fabrício Felipe Fernando Flávio Gabriel Geraldo Guilherme Gustavo "
        "Henrique Ismael Ivan Jefferson João_Pedro Jorge José_Carlos Juliano Júnior Leandro Lucas Luís Manoel Marcos "
        "Matheus Miguel Natanael Oswaldo Patrick Pedro Raul Ricardo Roberto Rodrigo Romário Rubens Samuel Sandro "
        "Sebastião Sidney Tiago Valter Vitor Wagner William",
        "Silva Oliveira Pereira Carvalho Nascimento Araújo Cavalcanti Barbosa Figueiredo Teixeira Monteiro "
        "dos_Santos da_Costa do_Amaral Peixoto Magalhães Bittencourt Drummond Siqueira Queiroz Fagundes Guimarães "
        "Moura Ribeiro Almeida Alves Andrade Azevedo Barros Batista Braga Brito Camargo Campelo Cardoso Castro "
        "Coelho Correia Cunha Dantas Dias Duarte Farias Fernandes Ferreira Freitas Gomes Gonçalves Lacerda Leite "
        "Lima Lopes Macedo Machado Marques Martins Medeiros Melo Mendes Miranda Moraes Moreira Nogueira Nunes "
        "Pacheco Pinheiro Pires Ramos Rezende Rocha Sá Sampaio Santana Souza Tavares Vasconcelos Vieira Xavier Abreu "
        "Aguiar Amaral Amorim Antunes Aragão Assis Bastos Bezerra Borges Brandão Bueno Cabral Caldas Campos Cordeiro "
        "Couto Cruz da_Cunha da_Rocha da_Silva de_Almeida de_Jesus de_Lima de_Oliveira de_Souza do_Nascimento "
        "Domingues Evangelista Fonseca França Furtado Galvão Garcia Godoy Guedes Henriques Jesus Leal Lemos Lobo "
        "Loureiro Maia Mattos Menezes Mesquita Mota Muniz Neves Novaes Paiva Peres Pessoa Pimentel Pinto Porto Prado "
        "Rangel Rios Rosa Sales Salgado Santiago Saraiva Serpa Soares Telles Toledo Torres Trindade Valente Vargas "
        "Viana Vilela",
    ),
    "french": _origin(
        "Amélie Solène Maëlys Capucine Clémence Océane Élodie Margaux Manon Aurélie Geneviève Odile Ségolène "
        "Bérénice Anaïs Lucie Mathilde Noémie Sylvie Delphine Adèle Agathe Axelle Camille Céline Charlotte Chloé "
        "Corinne Coralie Églantine Estelle Faustine Fleur Gaëlle Hélène Héloïse Inès Jeanne Joséphine Juliette "
        "Justine Laetitia Léonie Lise Louane Lucille Ludivine Madeleine Marie-Claire Marion Maud Mélanie Morgane "
        "Nathalie Ninon Pauline Romane Rosalie Sandrine Séverine Valérie Victoire Zélie",
        "Étienne Thibault Gaspard Rémi Baptiste Loïc Yannick Cédric Maxence Florian Aurélien Jean-Luc Jean-Pierre "
        "Gaël Corentin Didier Fabrice Thierry Bastien Quentin Adrien Alain Antoine Arnaud Augustin Benoît Bertrand "
        "Christophe Clément Damien Denis Dorian Édouard Éric Fabien François Gilles Grégoire Guillaume Hervé Hugues "
        "Jacques Jérôme Joël Julien Laurent Ludovic Mathieu Maxime Nicolas Olivier Pascal Patrice Philippe Raphaël "
        "Régis Rodolphe Romain Stéphane Sylvain Tanguy Théo Tristan Valentin Vincent Xavier Yann Yves",
        "Lefèvre Moreau Girard Dubois Rousseau Chevalier Marchand Boucher Leclerc Delacroix Gauthier Perrin Fournier "
        "Beaumont de_Villiers du_Pont Charpentier Meunier Poirier Vasseur Guillot Barbier Renard Lacroix Tremblay "
        "Bouchard Gagnon Aubert Bailly Baron Benoit Besson Blanchard Bonnet Boulanger Bourgeois Brun Caron "
        "Carpentier Chauvin Clément Colin Cordier Da_Silva David Denis Deschamps Dumas Dupuis Durand Fabre Faure "
        "Fontaine Gaillard Garnier Gérard Guérin Henry Hubert Huet Jacquet Lambert Langlois Leblanc Legrand Lemaire "
        "Leroux Lucas Maillard Marty Masson Mercier Morel Morin Muller Nguyen-Martin Noël Olivier Paris Payet "
        "Pelletier Petit Picard Prévost Rey Rivière Robin Roche Rolland Roy Schmitt Simon Thomas Vidal Vincent",
    ),
    "german": _origin(
        "Annika Heike Ulrike Liesel Gudrun Sabine Katrin Anneliese Franziska Wiebke Mareike Hannelore Silke Dörte "
        "Ingrid Greta Lieselotte Birgit Svenja Theresa Andrea Christa Dagmar Elfriede Erika Frauke Gerlinde "
        "Heidemarie Ilse Jutta Karin Leonie Marlies Nadine Petra Renate Sieglinde Trude Ursula Waltraud",
        "Jürgen Dietrich Holger Klaus Uwe Matthias Torsten Sebastian Heinrich Günther Lukas Jonas Wolfgang Eckhard "
        "Bernd Volker Ralf Detlef Till Moritz Alfred Arne Benedikt Christoph Dieter Egon Ernst Fabian Friedrich "
        "Georg Gerhard Hannes Helmut Horst Ingo Jens Kai Karl-Heinz Kilian Ludwig Manfred Niklas Norbert Otto Rainer "
        "Reinhold Rolf Siegfried Stefan Thorsten Udo Werner",
        "Schneider Hoffmann Zimmermann Schröder Krüger Köhler Baumgartner Vogel Lindner Engelhardt Pfeiffer Kaiser "
        "Jäger Richter Winkler Sauer Brandt Stein Graf Busch von_Hohenstein Müller-Lüdenscheid Weiß Groß Kästner "
        "Dürr Ziegler Haas Müller Schmidt Fischer Weber Meyer Wagner Becker Schulz Koch Bauer Klein Wolf Schwarz "
        "Braun Hofmann Hartmann Lange Werner Krause Lehmann Maier Huber Kaufmann Fuchs Lang Scholz Möller König "
        "Keller Berger Frank Roth Beck Lorenz Böhm Schuster Arnold Hahn Schubert",
    ),
    "italian": _origin(
        "Giulia Chiara Ludovica Ginevra Beatrice Fiorella Concetta Antonella Martina Alessia Serena Ornella "
        "Graziella Rosalba Loredana Mirella Azzurra Bianca Caterina Donatella Elena Federica Francesca Ilaria "
        "Lucrezia Michela Noemi Ottavia Paola Rossella Sara Silvana Stefania Teresa Valentina Veronica Viola Camilla "
        "Agnese Carlotta",
        "Giuseppe Lorenzo Matteo Alessandro Salvatore Gennaro Massimo Fabrizio Raffaele Emanuele Ettore Carmine "
        "Domenico Vincenzo Gianluca Pierluigi Tommaso Nicolò Rocco Umberto Achille Alberto Aldo Angelo Bruno Cesare "
        "Claudio Corrado Davide Dario Edoardo Enrico Federico Filippo Flavio Franco Guido Ivano Luca Marcello Mauro "
        "Michele Ottavio Paolo Renato Riccardo Roberto Sandro Simone Ugo",
        "Ferrari Esposito Bianchi Colombo Ricci Marchetti Rinaldi Caruso De_Luca D'Angelo Di_Stefano Lombardi "
        "Palumbo Fontana Santoro Pellegrini Mancuso Barbieri Sorrentino Bellini Cattaneo Guerra Messina Vitale "
        "Zanetti Lo_Presti Rossi Romano Gallo Conti Costa Giordano Mancini Moretti Rizzo Lombardo Galli Ferrara "
        "Mariani Martinelli Longo Gentile Leone Coppola Parisi Villa Conte Serra Fabbri Bianco Marini Grasso "
        "Valentini Sala De_Santis D'Amico Pagano Piras Orlando Basile Bernardi",
    ),
    "dutch_nordic": _origin(
        "Saskia Marijke Femke Anouk Fleur Sanne Maaike Astrid Sigrid Ingeborg Freja Maja Linnea Ylva Aino Päivi "
        "Hilda Guðrún Solveig Tuuli Anneke Anniken Birgitta Britt Carolien Dagny Ebba Eeva Elin Ellen Els Frida "
        "Gerda Hanneke Hanna-Leena Helga Hulda Ida Inga Ingeborg-Marie Janneke Karin Katla Kirsten Kristin Lieke "
        "Lotte Margriet Marit Merel Mette Mirthe Nienke Ragnhild Riikka Roos Sigríður Signe Siv Thora Tineke Tove "
        "Unni Vigdís Wendela Willemijn",
        "Joost Maarten Sjoerd Willem Bram Thijs Lars Anders Bjørn Håkon Magnus Torbjörn Mikko Jukka Eero Søren "
        "Rasmus Leif Gunnar Þór Arjen Arvid Bart Birger Bjarne Casper Daan Einar Eirik Erkki Finn Floris Frederik "
        "Geert Halldór Hannu Harald Hendrik Ivar Jaap Jari Jarl Jens Jeroen Jesper Joris Kalle Kees Kjell Koen Lasse "
        "Loke Mads Matti Mikkel Niels Nils Olav Ólafur Pekka Per Pieter-Jan Rune Ruud Sander Sigurd Sven Tapio Teun "
        "Timo Tor Ulf Ville Wouter",
        "van_der_Berg de_Vries Jansen van_Dijk Bakker Visser ten_Have Hoekstra Johansson Lindqvist Bergström Nyström "
        "Sørensen Mikkelsen Kjeldsen Virtanen Korhonen Mäkinen Hämäläinen Jónsdóttir Sigurðsson Haugen Solberg "
        "Ødegård Åkesson Dahl Aalto Aas Andersen Andersson Arnarson Bakken Berglund Bos Bosch Brouwer Christensen "
        "Claesson Dekker de_Boer de_Graaf de_Jong Dijkstra Eide Ekström Eliassen Engström Forsberg Gunnarsson "
        "Gustafsson Hagen Hansen Heikkinen Hendriks Hermansen Hermans Holm Huisman Iversen Jacobsson Jørgensen "
        "Karlsson Kok Koskinen Kramer Kuipers Laine Larsen Lehtonen Lindberg Lund Lundqvist Maas Magnúsdóttir Meijer "
        "Mulder Nielsen Nilsen Nieminen Norberg Olsen Øverby Peeters Pettersson Post Postma Rantanen Rasmussen "
        "Salonen Sandberg Schouten Sjöberg Smit Strand Sundberg Thorsen Tuominen van_Beek van_Dam van_den_Broek "
        "van_der_Linden van_Leeuwen Vermeulen Vos Westerberg Willems Wolters",
    ),
    "russian": _origin(
        "Anastasia Ekaterina Svetlana Lyudmila Oksana Yulia Polina Ksenia Galina Tatyana Zhanna Raisa Yelena "
        "Nadezhda Darya Vasilisa Alyona Marfa Irina Zoya Alla Anfisa Angelina Antonina Evgenia Faina Inna Kira "
        "Klavdia Larisa Lidia Lyubov Maria-Elena Marina Mila Natalia Nina Olga Rimma Rufina Sofya Taisia Tamara "
        "Ulyana Valentina Valeria Vera Veronika Viktoria Yana Yaroslava Zinaida",
        "Dmitri Vladimir Aleksei Sergei Nikolai Yevgeny Boris Konstantin Grigory Anatoly Vyacheslav Ruslan Gennady "
        "Stanislav Timofey Oleg Fyodor Arkady Ilya Rodion Aleksandr Anton Artyom Bohdan Daniil Denis Eduard Egor "
        "Filipp Gleb Igor Innokenty Kirill Leonid Lev Makar Maksim Marat Matvei Mikhail Miron Nikita Pavel Platon "
        "Pyotr Roman Rostislav Savely Semyon Serhiy Stepan Taras Valery Vadim Vasily Viktor Vitaly Vsevolod Yaroslav "
        "Yuri Zakhar",
        "Ivanov Smirnova Kuznetsov Volkov Sokolova Morozov Fedorov Popova Lebedev Kozlov Zaytsev Belyakova Orlov "
        "Bogdanov Yermakov Shevchenko Kovalenko Bondarenko Tkachuk Melnyk Kravets Zhukovsky Chernyshevsky Medvedeva "
        "Solovyov Tarasenko Abramova Afanasyev Alekseeva Andreev Antonova Baranov Belov Belousova Bilyk Bykov "
        "Danilov Denisova Egorov Filippova Frolov Gavrilova Golubev Gordeeva Grigoriev Gusev Hrytsenko Ilyina "
        "Kalinin Karpova Kiselev Klimenko Kolesnikov Komarova Konovalov Korolev Kotova Kravchenko Krylov "
        "Kudryavtseva Lysenko Makarov Maksimova Marchenko Markov Matveeva Mironov Moroz Nazarova Nikitin Novikova "
        "Orlova Pavlenko Petrov Polyakova Ponomarev Romanova Rudenko Ryabov Savchenko Semyonova Shapovalov Sidorov "
        "Sokolov Stepanova Tarasov Titova Tsvetkov Vasilyeva Vinogradov Vlasova Vorobyov Yakovleva Zakharov",
    ),
    "polish_czech": _origin(
        "Agnieszka Małgorzata Katarzyna Zofia Jadwiga Bożena Grażyna Wiesława Kinga Halina Zuzana Markéta Kateřina "
        "Jitka Ludmila Božena Danuta Ewelina Iwona Renáta Aleksandra Magdalena Joanna Barbara Ewa Anna Beata Dorota "
        "Urszula Wanda Genowefa Stanisława Czesława Aldona Bronisława Lucyna Mirosława Teresa Paulina Sylwia "
        "Weronika Oliwia Lenka Alena Hana Jarmila Květa Ladislava Miroslava Vlasta Zdenka Dagmar Blanka Šárka Radka "
        "Žaneta Eliška Barbora Dana Soňa Agata Alicja Aneta Aniela Celina Dominika Edyta Elżbieta Gabriela Hanna "
        "Helena Honorata Ilona Irena Izabela Janina Jolanta Julia Justyna Kamila Karolina Kazimiera Klaudia Krystyna "
        "Lena Lidia Łucja Maja Maria Mariola Marta Marzena Michalina Milena Monika Natalia Nina Patrycja Renata "
        "Sabina Stefania Wiktoria Zuzanna Żaneta Alžběta Andrea Anežka Drahomíra Eva Iva Ivana Jana Jaroslava Jiřina "
        "Klára Kristýna Libuše Lucie Magda Marcela Martina Milada Naděžda Nikola Olga Pavla Petra Růžena Simona "
        "Štěpánka Tereza Vendula Věra Veronika Zdeňka Ľubica Zlatica Katarína Mária Žofia Emília Viera Oľga",
        "Zbigniew Wojciech Krzysztof Andrzej Grzegorz Mateusz Bogusław Kazimierz Zdzisław Jarosław Tomáš Jiří Zdeněk "
        "Vojtěch Ondřej Radek Bartosz Leszek Mirosław Szymon Piotr Paweł Michał Łukasz Marcin Dariusz Rafał Tadeusz "
        "Stanisław Henryk Ryszard Czesław Wiesław Edward Eugeniusz Lech Maciej Przemysław Sławomir Waldemar Zygmunt "
        "Jacek Janusz Bronisław Dominik Kamil Hubert Konrad Witold Marek Jan Petr Pavel Václav Miroslav František "
        "Jaroslav Luboš Martin Milan Vladimír Stanislav Radim Karel Ladislav Josef Břetislav Vlastimil Bohumil "
        "Čestmír Miloslav Květoslav Libor Roman Antonín Matěj Šimon Adam Adrian Aleksander Arkadiusz Artur "
        "Bartłomiej Bogdan Bolesław Borys Cezary Damian Daniel Dawid Emil Feliks Filip Franciszek Fryderyk Ignacy "
        "Ireneusz Jakub Jerzy Józef Julian Juliusz Kacper Kajetan Karol Krystian Leon Marian Mariusz Mieczysław "
        "Mikołaj Norbert Oskar Patryk Radosław Robert Sebastian Stefan Sylwester Tomasz Tymoteusz Wacław Wiktor "
        "Władysław Włodzimierz Zenon Bedřich Bohuslav Čeněk Dalibor David Hynek Ivo Jáchym Jaromír Jindřich Kryštof "
        "Lubomír Luděk Lukáš Matyáš Michal Miloš Oldřich Otakar Patrik Přemysl Radovan René Rostislav Rudolf "
        "Svatopluk Štěpán Viktor Vilém Vít Vladislav Vratislav Zbyněk Juraj Ján Jozef Štefan Peter Marián Ľubomír "
        "Ľuboš Matúš Samuel Igor Dušan Rastislav",
        "Kowalski Wiśniewska Wójcik Kamiński Lewandowska Zieliński Szymański Woźniak Dąbrowski Kozłowska Jabłoński "
        "Pawłowski Novák Svobodová Dvořák Černý Procházka Kučera Horáková Němec Krejčí Brzęczyszczykiewicz "
        "Szczepańska Grabowski Mazur Krawczyk Piotrowski Grabowska Pawlak Michalski Nowakowski Adamczyk Dudek "
        "Wieczorek Majewski Olszewski Stępień Malinowski Jaworski Górski Sikora Walczak Baran Rutkowska Ostrowski "
        "Tomaszewski Zalewski Wróblewski Jasiński Sadowski Bąk Duda Chmielewska Borkowski Czarnecki Sawicki Urbańska "
        "Kubiak Maciejewski Szczepański Wilk Lis Mazurek Gajewski Krupa Świątek Głowacki Żak Novotný Pospíšil Hájek "
        "Jelínek Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák Vaněk Urban Kříž Blažek Kratochvíl "
        "Kopecký Konečný Malý Čech Štěpánek Vlček Soukup Šimek Polák Musil Hruška Tichý Bartoš Kadlec Adamski "
        "Andrzejewski Baranowski Bednarek Bielecki Bieniek Błaszczyk Borowski Brzeziński Bukowski Chmielewski "
        "Chojnacki Cieślak Czajka Czerwiński Dąbrowska Domański Dziedzic Górecki Jakubowski Janicki Jankowski Jarosz "
        "Kaczmarczyk Kaczmarek Kaczyński Kalinowski Kamińska Kania Karpiński Kasprzak Kaźmierczak Kołodziej "
        "Konieczny Kopeć Kosiński Kowal Kowalczyk Kowalewski Kozak Kozieł Kozioł Kozłowski Krajewski Król Kucharski "
        "Kuczyński Kujawa Kurek Kwiatkowska Lech Leśniak Lewandowski Lipiński Łukasik Madej Majchrzak Makowski "
        "Marciniak Markowski Marszałek Matuszewski Michalak Mikołajczyk Mróz Murawski Musiał Nawrocki Niemiec "
        "Nowacki Nowicki Olejniczak Orłowski Owczarek Pająk Piątek Piekarski Pietrzak Rogowski Romanowski Rutkowski "
        "Sikorski Skiba Sobczak Sobieski Sokołowski Sosnowski Stachowiak Stankiewicz Szewczyk Szulc Szymczak "
        "Śliwiński Urbański Wasilewski Wierzbicki Wilczek Witkowski Włodarczyk Wojciechowski Wróbel Wysocki Zając "
        "Zakrzewski Zawadzki Ziółkowski Żukowski Bartošová Beran Bláha Bureš Černá Dostál Dušek Dvořáková Havel "
        "Havlíček Holub Horák Hrubý Kovář Kraus Kubát Kučerová Mach Mareš Marková Mašek Matoušek Moravec Müllerová "
        "Němcová Novotná Pavlík Pešek Pokorný Říha Sedlák Slavík Staněk Strnad Svoboda Sýkora Ševčík Šťastný Toman "
        "Tomášek Urbanová Valenta Vávra Veselá Veselý Vondráček Zemanová Žák Kováč Kováčová Horváthová Baláž Hudák "
        "Gajdoš Oravec Chovanec Hudec",
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
        "Ceren Pınar Dilek İpek Derya Gönül Sibel Aslı Bahar Canan Ebru Filiz Gamze Hande İrem Jale Kübra Lale "
        "Melike Nazlı Pelin Reyhan Selin Şule Tülay Ülkü Zehra Ayla Belgin Berna Beste Buse Çiğdem Damla Demet Duygu "
        "Eda Ekin Fulya Gizem Gökçe Hacer Hülya Irmak Jülide Kader Meltem Müge Naz Nesrin Nur Oya Öykü Rabia Saadet "
        "Sema Seda Sezen Sultan Tuba Vildan Yasemin Zerrin Ayşegül Ayşenur Aysel Aysun Ayten Banu Başak Begüm Berrin "
        "Betül Bilge Birsen Burcu Cansu Ceyda Çağla Deniz Didem Dilara Ece Ecrin Ela Elçin Emel Esin Esma Eylül Ezgi "
        "Fadime Feride Figen Funda Gonca Gül Gülay Gülcan Gülçin Gülden Gülizar Gülnur Gülsüm Gülşah Hale Handan "
        "Hanife Havva Hazal Ilgın İclal İlkay İlknur İnci Kadriye Leman Mehtap Melek Melis Meryem Mine Mualla "
        "Mukaddes Müjde Mürüvvet Nalan Naciye Nazan Nehir Nermin Neslihan Nevin Nihal Nilay Nilgün Nuray Nurcan "
        "Nurgül Özge Özgül Pembe Perihan Rukiye Saliha Sanem Sedef Seher Selda Selma Semra Serap Serpil Sevda Sevil "
        "Sevim Sevinç Sinem Songül Su Suna Şenay Şerife Şeyma Tuğçe Tülin Ümran Yağmur Yaprak Yeliz Yeşim Zeliha "
        "Zübeyde",
        "Mehmet Mustafa Emre Burak Cem Kerem Oğuz Serkan Tolga Hakan Barış Deniz Volkan Umut Yusuf Selim Tuncay Onur "
        "Ertuğrul Kaan Orhan Tarkan Çağlar Alparslan Ahmet Ali_Rıza Bülent Cengiz Doruk Ege Fatih Gökhan Halil "
        "İsmail Kadir Levent Metin Nuri Ozan Ömer Rıza Sinan Şükrü Taner Uğur Yavuz Zafer Adnan Alper Arda Aykut "
        "Batuhan Berk Bora Bünyamin Caner Cihan Coşkun Çetin Davut Engin Erdem Eren Erhan Ferhat Furkan Gürkan Haluk "
        "Harun Hüseyin İbrahim İlker Kemal Koray Mert Murat Necati Nihat Okan Rıdvan Sefa Semih Süleyman Şahin "
        "Tayfun Tuğrul Turgut Vedat Yiğit Zeki Abdullah Abdurrahman Adem Alperen Alp Altan Anıl Aras Arif Atakan "
        "Atilla Ateş Avni Aydın Aytaç Aziz Barbaros Bartu Bayram Bedri Bekir Berat Berkay Berke Bilal Birol Buğra "
        "Burhan Cafer Can Celal Cemal Cemil Cenk Cevat Ceyhun Cüneyt Çağatay Demir Doğan Doğukan Efe Ekrem Emin Emir "
        "Emrah Enes Enver Ercan Erdal Erdoğan Ergün Erkan Erol Ersin Eyüp Fahri Faruk Ferit Fevzi Fikret Fuat Galip "
        "Gazi Giray Gökay Görkem Güven Haldun Halit Hamza Hasan Haydar Hayri Hikmet Hulusi Ilgaz Işık İdris İhsan "
        "İlhan İlyas İsmet Kamil Kaya Kazım Kenan Kerim Korkut Köksal Kubilay Kürşat Lütfi Mahir Mahmut Melih Mesut "
        "Mete Mevlüt Mithat Muammer Muhammet Muharrem Musa Muzaffer Mümtaz Naci Nazım Necdet Necip Oğuzhan Oktay "
        "Olcay Osman Önder Özcan Özgür Poyraz Rafet Ramazan Rasim Recep Rüstem Sabri Sadık Salih Samet Sami Savaş "
        "Sedat Selahattin Selçuk Serdar Serhat Sezer Soner Suat Şaban Şakir Şenol Şeref Şevket Tarık Tayyip Temel "
        "Teoman Tevfik Timur Toprak Tufan Tuna Turan Turgay Ufuk Utku Ümit Vehbi Veysel Yahya Yakup Yalçın Yaman "
        "Yasin Yaşar Yüksel Ziya",
        "Yılmaz Kaya Demir Çelik Şahin Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Çetin Korkmaz Erdoğan Güneş "
        "Bulut Karaca Tekin Aksoy Polat Koç Özkan Taş Bozkurt Karadağ Necatigil Alkan Acar Akın Altun Ateş Avcı "
        "Başaran Bayraktar Can Çakır Coşkun Duman Ekinci Ergün Gül Gündüz Işık Kara Keskin Kurt Özer Sarı Sönmez "
        "Taşkın Toprak Tunç Turan Uçar Ünal Yalçın Yavuz Adıgüzel Akbaş Aktaş Albayrak Aslan Atalay Ayhan Balcı "
        "Başar Bilgin Bozdağ Çağlar Çakmak Ceylan Dağ Demirci Dinç Duran Durmaz Erdem Ergin Ersoy Esen Genç Gök "
        "Güler Gümüş Gürbüz İnan Karabulut Karakaya Karataş Kaplan Kurtuluş Köse Oral Özbek Özcan Pehlivan Sağlam "
        "Sarıkaya Soylu Şen Şimşek Tan Tanrıkulu Temiz Tok Topal Tuncer Türk Türkmen Uslu Uysal Uzun Yaman Yener "
        "Yüksel Zengin Akbulut Akçay Akdağ Akdeniz Akgül Akgün Akkaya Akpınar Aksu Akyol Akyüz Altın Altıntaş Ataman "
        "Ay Ayaz Aydemir Aydoğan Aytekin Bakır Baran Başer Bayar Baykal Bektaş Bilir Birinci Boz Büyük Candan "
        "Canpolat Cihan Coşar Çakar Çalışkan Çam Çelebi Çetinkaya Çevik Çiçek Çiftçi Çimen Çoban Çolak Dalkılıç "
        "Değirmenci Demirbaş Demirel Demirtaş Deniz Dikmen Doğru Durmuş Elmas Er Erbaş Ercan Eren Erkan Eroğlu "
        "Ertürk Gökçe Göktaş Güçlü Gültekin Gün Günay Gündoğdu Güngör Gürsoy Güven Güzel İnce İpek Kahraman Kahveci "
        "Kalkan Karadeniz Karagöz Karahan Karakaş Karakoç Karakuş Karaman Kartal Kayaalp Keleş Keser Kılınç Kırmızı "
        "Kızılkaya Koca Koçak Köksal Kuş Kutlu Küçük Mutlu Okur Orhan Öcalan Önal Özçelik Özdoğan Özgür Özmen Özyurt "
        "Pamuk Parlak Pektaş Savaş Sayın Sever Sezer Şanlı Şeker Şener Şentürk Taşçı Taşdemir Tatlı Topçu Tosun "
        "Turgut Türkoğlu Uğurlu Ünlü Ünver Yalçınkaya Yazıcı Yıldız Yiğit Yurt Yücel",
    ),
    "arabic": _origin(
        "Fatima Aisha Layla Maryam Noor Zainab Khadija Amira Yasmin Rania Hala Samira Salma Nadia Huda Dalia Farah "
        "Ghada Rasha Wafa Lubna Siham Hanan Iman Nour Umm_Kulthum Jamila Abeer Dina Asma Afaf Basma Buthaina Doaa "
        "Eman Fadwa Hind Intisar Joumana Kawthar Lamia Maha Nawal Ola Qamar Rima Sahar Thuraya Widad Yara Zahra",
        "Mohammed Ahmed Omar Khalid Hassan Hussein Yousef Ibrahim Tariq Mahmoud Abdullah Abdul_Rahman Karim Walid "
        "Nasser Faisal Samir Bilal Ziad Rami Hamza Anwar Jaber Mustapha Salah Adel Rashid Fouad Imran Sultan "
        "Abdel_Karim Ammar Basil Daoud Emad Fadi Ghassan Haitham Issam Jamal Kamal Louay Maher Munir Nabil Osama "
        "Qais Raed Saad Tamer Usama Wael Yasser Zuhair",
        "al-Masri Al-Farsi Haddad Khoury El-Sayed Mansour Al_Rashid Najjar bin_Salman Abdelaziz Al-Khatib Saleh "
        "Qasim Hamdan Shaheen Darwish Al-Tamimi Ben_Ali Bouazizi Benali Zidane Chaoui Abu_Zayd Aziz Jaber Nasrallah "
        "Al-Otaibi El_Amrani Bensalem Ghanem Sabbagh Barakat Fayed Hashemi Al-Ghamdi Al-Harbi Al-Qahtani Al-Shehri "
        "Abdelrahman Abboud Ayoub Bakri Bitar Dabbagh El-Baz El-Masry Fakhoury Ghazali Habib Halabi Ismail Jaziri "
        "Kassab Khalifa Lahham Maalouf Mroueh Naim Odeh Qabbani Rahal Sayegh Taleb Yassin Zayed",
    ),
    "persian": _origin(
        "Shirin Parisa Mahsa Nasrin Azadeh Golnaz Roya Setareh Niloufar Laleh Mitra Farzaneh Leila Soraya Forough "
        "Bahar Anahita Taraneh Mina Negar Afsaneh Arezoo Atefeh Azar Bita Donya Elham Fereshteh Ghazal Goli Haleh "
        "Homa Jaleh Kimia Ladan Mahin Manijeh Maryam-Sadat Mehrnaz Minoo Mojgan Nahid Narges Nazanin Neda Parvaneh "
        "Pegah Pooneh Rana Saba Sanaz Sepideh Shahrzad Simin Tahereh Vida Yalda Zhaleh",
        "Reza Dariush Kourosh Behrouz Farhad Hossein Arash Babak Siamak Bijan Ramin Kaveh Mehdi Shahram Omid Jamshid "
        "Houshang Amir Navid Keyvan Abbas Afshin Alireza Amirhossein Ardeshir Armin Aryan Bahman Bahram Davood "
        "Ebrahim Esfandiar Farid Farzad Hamid Hesam Homayoun Iraj Javad Kamyar Kianoush Majid Manouchehr Masoud "
        "Mehran Mohsen Morteza Nader Nima Parviz Pejman Pouya Rostam Saeed Saman Sina Sohrab Soroush Vahid Yashar",
        "Tehrani Hosseini Ahmadi Rahimi Ghorbani Farahani Shirazi Khorasani Nouri Pahlavi Karimi Moradi Zand "
        "Kiarostami Esfahani Rostami Jafari Mokhtari Sadeghi Golzar Daneshvar Bakhtiari Ebadi Farrokhzad Abbasi "
        "Afshar Akbari Alavi Amini Arjmand Asgari Azizi Bagheri Barzani Davari Ebrahimi Eskandari Fallah Farhadi "
        "Ghasemi Golestani Hakimi Heydari Jalali Kamali Kazemi Khalili Lotfi Maleki Mansouri Mirzaei Mohammadi "
        "Mousavi Naderi Najafi Nikpour Norouzi Parsa Pourmand Rezaei Sabeti Salehi Samadi Shafiei Sharifi Soltani "
        "Taheri Tavakoli Vakili Yazdani Zamani Zarei",
    ),
    "indian": _origin(
        "Priya Ananya Lakshmi Deepika Sunita Kavya Aishwarya Meera Pooja Swati Divya Neha Shreya Radhika Padma "
        "Geetha Asha Usha Rekha Jyoti Kiran Anjali Indira Sangeeta Vidya Bhavana Savitri Tulsi Malini Harpreet "
        "Gurleen Simran Aarti Aditi Alka Amrita Anita Archana Bharati Chandni Charu Damini Esha Gauri Gayatri Hema "
        "Ila Ishita Jaya Kalpana Kamala Kavita Komal Latha Leela Madhuri Mala Manisha Mridula Namrata Nandini Nikita "
        "Nisha Pallavi Parvathi Preeti Rachna Ranjana Roshni Sadhana Sarita Seema Shanta Smita Sonal Sudha Sushma "
        "Tanvi Urmila Vasudha Veena Yamini",
        "Rajesh Vikram Arjun Suresh Amit Sanjay Rahul Ravi Anil Krishna Venkatesh Harish Prakash Ashok Deepak Manoj "
        "Naveen Karthik Subramanian Gopal Dev Om Jai Rohan Siddharth Aditya Balaji Gurpreet Harjit Manpreet Jaspal "
        "Kunal Abhishek Ajay Akash Alok Aman Anand Anirudh Arvind Ashwin Bharat Bhaskar Chetan Devendra Dhruv Dinesh "
        "Ganesh Gaurav Girish Hari Hemant Ishaan Jagdish Jayant Kailash Kapil Kishore Lalit Madhav Mahesh Mohan "
        "Mukesh Nikhil Nitin Omkar Pankaj Paresh Pradeep Pranav Rajan Rakesh Ramesh Ranjit Sachin Sameer Sandeep "
        "Satish Shankar Shiv Subhash Sudhir Sunil Tarun Uday Varun Vijay Vinod Vivek Yash Yogesh",
        "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Menon Mukherjee Chatterjee Banerjee Deshpande Kulkarni Joshi "
        "Agarwal Mehta Shah Kapoor Malhotra Venkataraman Krishnamurthy Pillai Rao Das Bose Sen Dutta Choudhury Kaur "
        "Gill Sandhu Dhillon Trivedi Bhattacharya Srinivasan Raghunathan Thakur Acharya Ahluwalia Arora Babu Bajaj "
        "Bakshi Bedi Bhandari Bhat Bhatia Chandra Chauhan Chopra Dalal Desai Dixit Dubey Gandhi Ganguly Garg Ghosh "
        "Gokhale Gowda Grewal Hegde Iyengar Jain Jha Kakkar Kamath Kannan Khanna Khatri Kohli Lal Mahajan Mani "
        "Mathur Mishra Mitra Modi Murthy Naik Nanda Narayan Natarajan Ojha Padmanabhan Pandey Parekh Pathak Prasad "
        "Puri Rajagopal Rastogi Rathore Rawat Roy Sahni Saxena Sethi Shetty Shukla Sinha Soni Subramaniam "
        "Swaminathan Talwar Tandon Tiwari Upadhyay Varma Verma Vyas Yadav",
    ),
    "pakistani_bangladeshi": _origin(
        "Ayesha Sana Hina Mehwish Rabia Bushra Nasreen Saima Kiran Sadia Farzana Shazia Rukhsana Tahmina Nusrat "
        "Sultana Maliha Zubaida Parveen Shabnam Afsheen Aliza Amna Anika Areeba Asma Benazir Farhat Fariha Gulnaz "
        "Habiba Humaira Iqra Jahanara Kausar Lubna Mahnoor Mariam Momtaz Naila Nargis Nazia Noreen Rahima Razia "
        "Rehana Romana Rubina Sabina Salma Samina Shahnaz Shireen Sobia Sumaiya Tania Tasneem Uzma Yasmeen Zara",
        "Bilal Usman Imran Kamran Asif Zeeshan Shahid Waqar Junaid Faisal Tanvir Rafiq Mizanur Shakib Nadeem Aamir "
        "Saqib Zahid Habibur Arif Abdul_Karim Adeel Akram Ali_Raza Anwar Arshad Babar Danish Ehsan Fahad Fawad "
        "Ghulam Hamid Hasnain Iftikhar Ijaz Irfan Jahangir Jameel Kashif Khurram Mahbub Mashrafe Moin Mushfiq Naveed "
        "Nazrul Omar_Farooq Qasim Rashedul Rizwan Sajjad Salman Sarfaraz Shafiq Shoaib Sohail Tamim Tariq Umar Wasim "
        "Yasir Younis Zafar",
        "Khan Malik Qureshi Butt Chaudhry Siddiqui Hussain Akhtar Bhatti Mirza Baig Rahman Islam Hossain Uddin "
        "Chowdhury Begum Mahmood Ansari Sheikh Awan Gilani Bhutto Afridi Miah Talukder Abbasi Ahmad Alam Ali Arain "
        "Bajwa Bangash Biswas Bukhari Cheema Dar Durrani Gondal Haque Haider Iqbal Jamil Javed Kabir Karim Kazi "
        "Khatun Lodhi Mahmud Majumder Memon Minhas Mughal Niazi Noon Patwary Qazi Rana Rashid Raza Rizvi Saeed "
        "Saleem Sarkar Shaikh Sikder Syed Tahir Tarar Warraich Yousafzai Zaman",
    ),
    "chinese": _origin(
        "Xiaoling Mei Yan Jing Li_Na Hui Xiu_Ying Yuxin Zihan Meiling Wenjing Xue Fang Qian Lihua Shu-fen Mei-hua "
        "Siu_Ling Yating Jiayi Ruolan Ting Xinyi Chunhua Peizhi Aiping Baozhen Caixia Dongmei Fenglan Guiying Haiyan "
        "Junli Lanying Lingling Minghua Na Qiaolian Rong Shuzhen Tingting Weihong Xiaohong Yanling Yumei Zhenzhen "
        "Hoi_Yan Pui_Shan Wing_Yan Mei-ling",
        "Wei Jianguo Ming Haoran Zhiqiang Xiaoming Yifan Jun Guo Bo Chen-Wei Chih-ming Ka-shing Wai_Man Zhenyu "
        "Jiahao Weidong Tao Peng Zixuan Qiang Rui Dawei Hongwei Shiming Aiguo Bin Changming Deming Fugui Gang Haitao "
        "Jianjun Kaiwen Lei Mingzhe Ningbo Pengfei Qing Ronghua Shaohua Tianyu Wenbin Xiangdong Yong Zhigang "
        "Kwok-wai Chi_Keung Ho_Yin Jun-jie",
        "Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Xie Tang Han Cao Deng "
        "Feng Ouyang Chan Cheung Leung Wong Ng Tsai Hsieh Tseng Kwok Szeto Lau Bai Cai Cheng Cui Dai Ding Dong Du "
        "Fan Fang Fu Gong Gu Hao Hou Jia Jiang Jin Kong Lei Li Liang Long Lu Mao Meng Niu Pan Peng Qian Qin Ren Shao "
        "Shen Shi Su Tan Tao Tian Wan Wei Wen Xia Xiao Xiong Xue Yan Yao Ye Yin Yu Yuan Zeng Zhong Zou Fung Kwan "
        "Leong Poon Siu Yeung Yip",
        family_first=True,
    ),
    "japanese": _origin(
        "Yuki Sakura Haruka Naoko Ayumi Michiko Kumiko Emiko Akane Misaki Hanako Chiyo Tomoko Reiko Kaori Nanami "
        "Yoko Mai Shizuka Keiko Setsuko Rin Hina Asuka Aiko Chieko Eri Fumiko Hikari Izumi Junko Kana Maki Megumi "
        "Nana Rika Sachiko Takako Umeko Wakana Yayoi Yuriko",
        "Hiroshi Takeshi Kenji Daisuke Satoshi Kazuo Yusuke Ryota Shinji Makoto Haruto Akira Tetsuya Masahiro Noboru "
        "Ichiro Kenta Minoru Shigeru Takumi Ren Goro Yoshio Junichi Atsushi Daichi Eiji Fumio Hideo Isamu Jiro "
        "Katsumi Kenichi Koji Mamoru Naoki Osamu Ryu Seiji Shota Susumu Tadashi Toru Yutaka",
        "Tanaka Suzuki Watanabe Yamamoto Nakamura Kobayashi Kato Yoshida Yamaguchi Matsumoto Inoue Kimura Shimizu "
        "Hayashi Mori Abe Ikeda Hashimoto Ishikawa Ogawa Okada Fujita Kojima Miyazaki Sakamoto Murakami Ota Ueno "
        "Arai Ohashi Sato Takahashi Ito Sasaki Matsui Saito Endo Aoki Fukuda Goto Hara Iwasaki Kondo Maeda Nishimura "
        "Ono Sakai Shibata Takeda Uchida Wada Yokoyama Hasegawa Kaneko Nakajima Sugiyama Tamura Harada Miyamoto",
    ),
    "korean": _origin(
        "Ji-woo Seo-yeon Min-ji Soo-jin Eun-ji Hye-jin Yuna Jiyoung Minseo Hyun-joo Sunhee Kyung-sook Bo-ra Da-eun "
        "Ha-neul Mi-kyung Yoo-jin Chae-won Nari Young-ja Ae-ra Bo-young Eun-hee Ga-young Hae-won Hyo-rin In-young "
        "Jin-ah Ji-hye Kyung-mi Mi-ran Na-yeon Seul-gi So-hee Soo-yeon Su-bin Sun-mi Ye-jin Yeon-hee Yu-ri",
        "Min-jun Ji-hoon Seung-ho Hyun-woo Dong-hyun Sung-min Jae-won Kyung-ho Young-soo Taeyang Joon-ho Sang-woo "
        "Woo-jin Gun-woo Byung-hun Chang-min Jong-un Ki-tae In-ho Doyun Beom-seok Chan-ho Dae-jung Do-hyun Geon-ho "
        "Gi-hun Hae-jin Hyuk-jae Il-nam Jae-hyun Jin-woo Jong-suk Kwang-soo Myung-bak Nam-joon Sang-hoon Seok-jin "
        "Tae-hyung Won-bin Yong-ho",
        "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong Moon Bae Baek "
        "Noh Nam Ryu Heo Namkoong Bang Bong Byun Cha Chae Chun Do Eom Gil Go Gong Ha Hyun In Ji Jin Joo Ki Koo Ma "
        "Min Myung Ok Pyo Rhee Sa Seok Seol Sung Tak Uhm Wang Woo Yang Yeo Yun",
        family_first=True,
    ),
    "vietnamese": _origin(
        "Thi_Hoa Linh Huong Thuy_Duong Ngoc_Anh Mai Lan Phuong Thanh_Ha Bich_Ngoc Kim_Chi My_Linh Tuyet Trang Nhung "
        "Quynh Hanh Yen Thu_Trang Diep Bao_Chau Cam_Tu Dao Hien Hoai_An Kieu Le_Thu Minh_Chau Nga Oanh Phung Quyen "
        "Suong Tam Thao Thuy Tien Uyen Van_Anh Xuan",
        "Minh Duc Van_Hung Quang Tuan Thanh_Son Hai Bao Huu_Phuoc Dinh_Khoa Long Phuc Trung Khanh Cuong Tien_Dat "
        "Hieu Nam Viet Dung An Anh_Tuan Binh Chien Dat Duy Gia_Huy Giang Hoang_Nam Huy Khoi Kien Loc Manh Nghia Nhat "
        "Phong Quoc_Bao Sang Tai Tam_Anh Thang Thinh Tho Tri Tu Vinh Vuong",
        "Nguyen Tran Le Pham Hoang Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Doan Luong Trinh Lam Nguyễn "
        "Trần Phạm Mai Cao Chau Chu Diep Ha Huynh Kieu La Lai Luu Mac Nghiem Ninh Quach Ta Thach To Tong Vuong Đặng "
        "Đỗ Bùi Huỳnh Võ",
        family_first=True,
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
        "Akosua Abena Efua Adwoa Fatou Aminata Mariama Ndeye Awa Bintou Blessing Patience Comfort Mercy Omolara "
        "Nneka Abla Adama Adjoa Afia Aïssatou Akua Bolanle Chioma Coumba Damilola Dzifa Ebele Esi Ezinne Fanta "
        "Fatoumata Funmilayo Gifty Ifeyinwa Kadiatou Kehinde Khady Maame Modupe Ngozika Nkechi Obiageli Oumou "
        "Ramatou Rokhaya Safiatou Sade Seynabou Temitope Uche Uzoamaka Yaa Zainabu",
        "Chukwuemeka Obinna Emeka Ikechukwu Chinedu Olumide Babatunde Adebayo Oluwatobi Femi Segun Kwame Kofi "
        "Kwabena Yaw Kojo Mamadou Ousmane Amadou Cheikh Ibrahima Sekou Moussa Musa Sani Godwin Sunday Innocent "
        "Goodluck Tunde Abdoulaye Abiodun Adamu Alhassan Alioune Ayodele Bamidele Boubacar Chidi Chijioke Daouda "
        "Demba Ebuka Ekow Fiifi Gbenga Idrissa Ifeanyi Issa Kayode Kelechi Kwaku Kweku Lamine Lanre Mahamadou Modou "
        "Nana_Yaw Nii Nnamdi Obi Okechukwu Olaniyi Pape Rotimi Salif Seydou Souleymane Taiwo Uchenna Umar Wale "
        "Yakubu Youssouf",
        "Okonkwo Adeyemi Okafor Nwosu Eze Achebe Obi Adichie Ogunleye Afolabi Balogun Olawale Abubakar Bello Danjuma "
        "Mensah Owusu Asante Boateng Appiah Osei Agyeman Nkrumah Diallo Traoré Diop Ndiaye Coulibaly Konaté Touré "
        "Keita Sow Cissé Okoro Ekwueme Ademola Onyekachi Acheampong Adebisi Adeleke Adomako Agbaje Akinola Amoah "
        "Ankrah Anyanwu Aryee Bah Balde Bamba Barry Camara Chukwu Dabo Darko Dembélé Diarra Dieng Doumbia Ekpo Faye "
        "Fofana Gueye Ibe Ibrahim Igwe Jalloh Kamara Kanté Kouassi Kouyaté Lawal Mbaye Musa Ndour Nwachukwu Obasanjo "
        "Odukoya Ofori Ogbonna Ojo Oladipo Onuoha Opoku Osagie Quaye Sall Sarr Sesay Sissoko Sowah Sylla Tetteh "
        "Touray Udo Usman Wiredu Yeboah",
    ),
    "east_african": _origin(
        "Wanjiku Achieng Nyambura Njeri Atieno Wambui Chebet Makena Zawadi Neema Amani Rehema Hawa Tirunesh Meseret "
        "Selamawit Hiwot Tsehay Birtukan Abeba Nakato Namukasa Uwimana Ingabire Hodan Ifrah Fadumo Sahra Mwajuma "
        "Saida Adhiambo Akinyi Amina Asha Atsede Awino Ayaan Bontu Cherotich Deka Esete Fartun Fatuma Gathoni Genet "
        "Hibo Jebet Jepkosgei Kagendo Kalkidan Khadija Lemlem Lul Mahlet Moraa Mugure Muthoni Mwende Nafula Nakimuli "
        "Namono Nasra Nekesa Nyawira Rahel Saba Sagal Tigist Wangari Wanja Wairimu Yodit Zeinab Zena Wanjiru "
        "Waithera Nyokabi Wangui Wacera Mumbi Awuor Anyango Auma Akoth Apiyo Adongo Aoko Chepkoech Cherono "
        "Jepchirchir Cheptoo Jelagat Chelimo Chepngetich Jeruto Chelangat Kemunto Kerubo Nyaboke Bosibori Kwamboka "
        "Naliaka Nasimiyu Wanyana Mueni Ndunge Kalekye Syombua Mutheu Kanini Furaha Baraka Zuhura Mwanaidi Halima "
        "Subira Tumaini Upendo Imani Pendo Bahati Faraja Babirye Nalongo Nansubuga Nakitende Namuli Nabirye Nassali "
        "Nakawesi Kyomuhendo Kembabazi Atuhaire Ainembabazi Asiimwe Tumusiime Uwase Umutoni Mukamana Umuhoza "
        "Iradukunda Mutesi Niyonsaba Keza Ineza Nyiramana Ndayishimiye Nyandeng Achol Adut Nyakim Ayen",
        "Kamau Otieno Kipchoge Mwangi Ochieng Kiprono Juma Baraka Jabari Hamisi Haile Tesfaye Abebe Kenenisa "
        "Getachew Dawit Yohannes Bekele Okello Mukasa Ssentongo Habimana Ndayishimiye Abdi Farah Liban Warsame "
        "Mohamud Tadesse Makonnen Abdirahman Asad Ayub Barasa Bashir Berhanu Bikila Biruk Chege Chepkwony Cheruiyot "
        "Dereje Ermias Fikru Gatluak Gitonga Guled Hassan Ismail Jomo Kaggwa Karanja Kato Kibet Kiprop Kirui Langat "
        "Lumumba Macharia Maina Mburu Mohammed Mulugeta Munyao Mutiso Mwaura Ngugi Njenga Nuur Ochola Odongo Ojok "
        "Opiyo Robel Simiyu Solomon Tariku Tewodros Wafula Wamalwa Yared Zerihun Njoroge Kimani Kariuki Gitau "
        "Githinji Ndung'u Waweru Muriuki Gichuru Njuguna Mugo Wachira Kiprotich Kiplagat Kipkemboi Kiptoo Kipruto "
        "Koech Rotich Odhiambo Omondi Onyango Owino Okoth Ouma Wekesa Wanjala Makokha Nyongesa Mutua Musyoka Muthama "
        "Kilonzo Kioko Nzioka Mwendwa Rashidi Salim Bakari Shabani Ramadhani Athumani Selemani Mwinyi Kassim Jumanne "
        "Amani Tumaini Shukuru Emmanuel Bahati Mugisha Tumwine Byaruhanga Musinguzi Tumwesigye Ssemakula Wasswa "
        "Kizito Lubega Sserunkuma Nsubuga Kiggundu Odoki Nshimiyimana Hakizimana Niyonzima Bizimana Ndayisenga "
        "Mugabo Gatete Rwigema Kagabo Manzi Ntwali Deng Garang Majok Machar Lual Akol Kuol Bol Ajak",
        "Kimani Odhiambo Wekesa Njoroge Kariuki Omondi Mutua Kiptoo Rotich Chepkoech Onyango Nyerere Mwakasege Mushi "
        "Gebreselassie Wolde Desta Tekle Alemu Kebede Gebremariam Museveni Nsubuga Byaruhanga Kagame Mugisha "
        "Nkurunziza Abdullahi Ahmed_Nur Hersi Mohamud Ali_Yusuf Bekele Assefa Abera Achieng Adan Akello Arale Asfaw "
        "Ayele Barre Birhanu Chelimo Cheptoo Dahir Debebe Demissie Duale Elmi Egal Gachanja Gebre Geleta Girma Hailu "
        "Isaack Jama Kaunda Keino Kibaki Kiplagat Koech Koros Lagat Lekasi Lule Mengistu Mogeni Moi Mugo Muli "
        "Mureithi Mwai Mwinyi Nakayima Nanyonga Ndirangu Njuguna Nyaga Obama Odinga Ogola Okoth Ongeri "
        "Oyelaran-Otieno Ruto Sirma Ssemakula Tibebu Toroitich Wanyama Warsame-Farah Yusuf Zewde Wanjiru Nyong'o "
        "Kenyatta Musyoka Mudavadi Wetangula Gachagua Karua Kiraitu Kalonzo Ngilu Kagwe Macharia Matiang'i Mutunga "
        "Maraga Koome Githongo Njenga Ngugi Thuku Muite Imanyara Orengo Nyachae Nyamweya Omwamba Mogaka Ombati "
        "Onsongo Nyaribo Ondieki Mokua Momanyi Kipkirui Rudisha Tergat Kiprugut Chepkwony Tanui Bett Sang Kirui "
        "Korir Biwott Chesire Kiptanui Mosop Kosgei Jepkemoi Lelei Sigei Towett Wafula Shikuku Masinde Khalwale "
        "Lusaka Wangwe Namwamba Sifuna Mkapa Kikwete Magufuli Nyalandu Lowassa Makamba Mbowe Lissu Mwakyembe "
        "Mwaipopo Kapinga Massawe Kimaro Shirima Lyimo Temba Mosha Swai Kessy Tarimo Urio Minja Mrema Mmari Kileo "
        "Ndossi Mwaijande Mgaya Komba Haule Ngonyani Mapunda Nchimbi Chande Masanja Shija Malecela Lukuvi Besigye "
        "Kyagulanyi Ssentamu Mutebi Muwanga Mulindwa Kasozi Nabwire Nambooze Kadaga Oulanyah Tayebwa Rugunda Mbabazi "
        "Kutesa Otafiire Kazibwe Byarugaba Katumba Kayihura Muhoozi Rwakitarama Oryem Olara Opondo Kayibanda "
        "Habyarimana Sezibera Mushikiwabo Murekezi Ngirente Ndayishimiye Buyoya Ntaryamira Rusesabagina Munyaneza "
        "Nsengiyumva Twagirumukiza Uwizeyimana Kabarebe Karugarama Kiir Malong Lueth Biar Thon Kuany Malual Atem",
    ),
    "southern_african": _origin(
        "Thandiwe Nomvula Zanele Lindiwe Nokuthula Busisiwe Ayanda Palesa Lerato Refilwe Naledi Chipo Rudo Tendai "
        "Tsitsi Nyasha Mutinta Chanda Annelie Marietjie Thembeka Nosipho Boitumelo Kagiso Ropafadzo Amahle Andile "
        "Anele Bonolo Buhle Charmaine Dikeledi Dineo Elna Fikile Gugu Itumeleng Kelebogile Khanyi Lesedi Mapaseka "
        "Mbali Mpumi Nandi Neo Nkateko Nomsa Nontobeko Noxolo Ntombi Ofentse Pamela Pontsho Puleng Rethabile Samkelo "
        "Sindisiwe Siphokazi Tebogo Thato Tumelo Vuyiswa Xoliswa Yolandi Zintle Zodwa",
        "Sipho Thabo Themba Bongani Mandla Sibusiso Tshepo Kagiso Katlego Tatenda Farai Tinashe Tafadzwa Mulenga "
        "Bwalya Kondwani Chikondi Pieter Hendrik Jabulani Lwazi Mpho Vusi Nkosinathi Simba Andries Ayanda Bheki "
        "Bonginkosi Chenjerai Danie Dumisani Fanie Gcobani Gerhard Jacobus Johan Kabelo Karabo Kgosi Khaya Kobus "
        "Langa Lebogang Lubabalo Lungelo Makhosini Mduduzi Menzi Mfundo Motsamai Mzwandile Ndumiso Nhlanhla Njabulo "
        "Olwethu Phumlani Sandile Sello Senzo Simphiwe Sizwe Solly Tendekai Thulani Tumi Vukani Wandile Xolani Zweli",
        "Dlamini Nkosi Ndlovu Khumalo Mthembu Zulu Mkhize Ngcobo Sithole Molefe Mokoena Mahlangu Moyo Ncube "
        "Chikwanha Mugabe Mutasa Banda Phiri Mwale Mwanza Tembo van_der_Merwe Botha Pretorius Coetzee Viljoen Radebe "
        "Tshabalala Zuma Baloyi Bester Bhengu Buthelezi Cele Chabalala Chauke Chirwa Dladla Dube Du_Plessis Du_Toit "
        "Engelbrecht Erasmus Fourie Gumede Hadebe Hlongwane Jansen_van_Vuuren Kekana Kgatla Kruger Labuschagne "
        "Lekota Mabaso Mabena Madonsela Majola Maluleke Manyika Maphosa Maseko Mashaba Masondo Mbatha Mbeki Mchunu "
        "Mdluli Mnguni Modise Mofokeng Mokoele Motaung Mthethwa Mudenda Mukasa-Phiri Mutsvangwa Naidoo Ndaba Nel "
        "Ngwenya Nxumalo Nyathi Oosthuizen Pillay Ramaphosa Sibanda Sisulu Steyn Tshuma Vilakazi Vorster Xaba Zondi "
        "Zwane",
    ),
    "hebrew": _origin(
        "Shira Noa Tamar Yael Rivka Chaya Avital Michal Hadassah Liora Ayelet Orly Efrat Shoshana Devorah Galit "
        "Inbal Merav Ronit Tova Adi Anat Ariella Batya Bracha Chana Dafna Dalia Dikla Einat Eliana Esther-Malka Gila "
        "Hagit Hila Ilana Keren Leah Maayan Maya Meital Miriam Naama Nechama Nurit Ofra Osnat Racheli Rina Ruth "
        "Sarit Shlomit Sigal Smadar Tali Tehila Vered Yaffa Yehudit Zahava Ziva",
        "Avraham Moshe Yitzhak Shlomo Eitan Noam Yair Uri Gideon Boaz Amnon Ariel Menachem Shmuel Yehuda Ehud Nadav "
        "Tzvi Yaakov Zev Alon Amichai Amir Asaf Aviv Barak Binyamin Chaim Dov Dror Dvir Elazar Elad Eliezer Eyal "
        "Gadi Gil Guy Haim Ido Itai Lior Matan Meir Mordechai Naftali Natan Nir Ofer Omer Oren Ran Ronen Shai Shaul "
        "Tal Tomer Yair-Moshe Yaron Yoav Yonatan Yossi Zvi",
        "Cohen Levi Mizrahi Peretz Biton Katz Shapiro Goldberg Rosenbaum Ben-David Bar-Lev Azoulay Dahan Friedman "
        "Shalom Weizmann Halevi Hadad Ohana Gabay Eshkol Rabinovich Ben_Gurion Lieberman Abergel Abramov Alon Amar "
        "Amsalem Ashkenazi Avital Azulai Bachar Baruch Ben_Haim Ben_Shimon Blum Carmi Dayan Edri Elbaz Eliyahu "
        "Fischer-Levi Ganz Golan Green-Cohen Grossman Hazan Hershkovitz Kaplan Karni Klein-Bar Landau Lavi Lerner "
        "Maimon Malka Meir Nahum Navon Oz Perlman Regev Rosen Sabag Sasson Segal Sharabi Shemesh Shitrit Sofer Tal "
        "Tzur Vaknin Weiss Yadin Yosef Zohar",
    ),
    "balkan": _origin(
        "Jelena Milica Dragana Snežana Ljiljana Vesna Jasmina Emina Lejla Ivana Elena Raluca Ioana Mihaela Ștefania "
        "Zsófia Ágnes Katalin Desislava Arta Blerina Mirela Zrinka Tijana Gordana Aleksandra Anđela Biljana Branka "
        "Dijana Dobrila Elvira Fatmire Gabriela Iva Jadranka Kalina Kristina Maja Marija Mersiha Mira Nadezhda "
        "Nataša Olivera Petra Radmila Rositsa Ruxandra Sanja Selma Simona Slavica Sonja Suzana Teodora Tsvetana "
        "Valbona Violeta Yordanka Zdravka Zorica Alexandra-Maria Réka Eszter",
        "Dragan Zoran Slobodan Nemanja Miloš Goran Dušan Luka Mirza Adnan Bogdan Radu Mihai Ionuț Ștefan László "
        "Zoltán Gergely Attila Plamen Arben Agron Ivaylo Hrvoje Tihomir Aleksandar Andrei Bojan Boyan Branislav "
        "Cosmin Cristian Damir Darko Dejan Edin Emil Florin Georgi Haris Igor Ivica Ivo Janez Jovan Kiril Kristijan "
        "Lazar Liviu Marin Marko Milan Milorad Mirko Mladen Nenad Nikola Ognjen Pavle Rade Sabin Saša Senad Sinan "
        "Stefan Tudor Vasile Vedran Veselin Vladimir Vuk Željko Zlatko Péter Gábor",
        "Jovanović Petrović Marković Đorđević Nikolić Kovačević Horvat Babić Hadžić Popescu Ionescu Dumitrescu "
        "Munteanu Nagy Szabó Kovács Tóth Varga Horváth Dimitrov Ivanova Georgieva Hoxha Krasniqi Berisha Novaković "
        "Ceaușu Stanković Alić Angelov Antonescu Balogh Banović Begić Bogdanović Bratu Ciobanu Cvetković Delić Dinu "
        "Dragović Farkas Filipović Gashi Gjoka Halilović Ilić Iliev Ivanović Janković Kiss Kolarov Kostov Kostić "
        "Lukić Lupu Mandić Matić Mihajlović Milošević Mitrović Molnár Moldovan Mujić Németh Nedelcu Papp Pavlović "
        "Petrov Popa Popović Radić Radulescu Rusu Simić Stefanov Stoica Stojanović Takács Todorović Tomić Vasić "
        "Vidović Vlahović Vuković Xhaka Zeqiri Zlatev",
    ),
    "pacific_indigenous": _origin(
        "Leilani Kalani Moana Sina Mele Talia Aroha Ngaire Marama Hinemoa Anahera Winona Aiyana Chenoa Kaya Tallulah "
        "Salote Litia Noelani Malia Mereana Hine Tui Kiri Whetu Rangimarie Ripeka Atarangi Hinewai Maia Ihipera "
        "Huhana Mihi Teuila Lagi Sefina Fetu Tiresa Pepe Malaea Losa Lupe Ana_Lei Mafi Kalesita Seini Latu Elenoa "
        "Adi_Mere Unaisi Vasiti Sera Makelesi Alisi Ulamila Kehau Pualani Nalani Keala Iolana Kailani Hokulani "
        "Mahina Lani Uilani Nohea Haunani Dezbah Yanaba Nizhoni Shideezhi Haseya Ooljee Doli Awinita Ayita Galilahi "
        "Adsila Sequoia Wachiwi Wihakayda Kimimela Zitkala Anpaytoo Nokomis Migizi Shawna Orenda Pakwa Chosovi "
        "Kachina Nita Miakoda Onawa Kirra Tarni Lowanna Merindah Alinta Jedda",
        "Keoni Kai Tane Wiremu Hemi Rangi Tevita Sione Semisi Viliami Manaia Ioane Ratu Tipene Kekoa Makana Nahele "
        "Tuvalu Afa Siaosi Hone Pita Rawiri Hohepa Tamati Matiu Eruera Nikora Kahu Manu Ihaia Piripi Wirihana "
        "Te_Rangi Tama Kereama Anaru Mikaere Sefo Tavita Iosefa Faleafa Lole Fetuao Samoa Tupou Pita_Sione Sosaia "
        "Latiume Maka Semi Lagakali Inoke Epeli Josaia Waisale Jone Isikeli Apisai Keanu Kaleo Ikaika Koa Kawika "
        "Mano Kanoa Lono Pono Nainoa Ahiga Hastiin Niyol Sicheii Yiska Ashkii Notah Atsidi Mato Takoda Chaska "
        "Ohanzee Wicapi Tashunka Hotah Enapay Dakota Cetan Makwa Ahanu Nodin Degataga Waya Adahy Tsali Sequoyah "
        "Ouray Cochise Geronimo Kele Lapu Honaw Yarran Jarrah Bunji Warrun Minjarra Djalu",
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
