"""Everyday words that are names too, or one letter away from one."""

from __future__ import annotations

_COMMON_TEXT = """
add admiral alt amber among an angel april arch archer art arts atlas august author autumn baby bach
back bail baker bald ball ban banks bar barb barber bare bark barker baron basic bass bath bean
beard beat bee beer bell belle bello bender bent berg berry best bianco bill bills birch bird bishop
bite bitten black blanc blanco blank blaze blessing bliss block blum bond bones bonnet boon booth
bore boss bowler brain branch brand brands bravo bray brick bridge bridges bright brink brook brooks
brown buck bud buddy bueno bull bunk burns burr burrows bury bus bush butcher butler calvo camp
campos camps can canal canals candy cane cannon canyon cap captain car cares carol carpenter carrier
carry case cases cash chambers champagne chance chandler charity chase cherry chin chip christian
church cinnamon clay clear cliff close cock colon colonel colt comfort comment company constant
conti contractor cook cooper coral cord corona costa council cousin cousins crane creed cross crow
cruise cruz crystal curry curtain daisy dale dam darling dash date dawn day dean deep desire destiny
die diver divine dock doctor doll dolly don dot dove downs drake drew drop drum duke dusty earl
early earnest easter echo edit elder emerald english era ernst eve fair fairy faith falcon fall fan
fancy fang farmer fate fee ferry field fields finch fisher fit fleet flint flood flores flowers foot
forest forget forum fox frank fresh friend front frost fry funk gale gallo gamble gang garland
garrison gas gates gauge gene general genesis genie gentry german gill ginger glass glasses glen
glover golden good gorge governor grab grace grand grant gravel graves gray green grey grill grit
gross grove grunt guard guerra gun gut guy hacker hall halls ham hammer handler handy hank hare harm
harsh hasty hazel heather heaven hell helm hence herb herd heron herring hide hill hind holder holly
home hood hoop hope horn house huff hug hull hunt hunter hurt icy iglesias infant innocent iris
ivory ivy jack jail jasmine jay jewel job joke josh joy judge june jung junior junk justice karma
key kick killer kind king kiss kitty klein knight kurz lace lad lady lake lamb lance lane lang lark
laurel lavender law lawyer leal lean lemon liberty lie lies lily lima line link lips little loan
lone long lord lot love low lower loyal lucky luna lung mad magic major male mall mane manly mar
mark marks marvel mason mast master mate math maverick max maxim may mayor meadow meadows media
melody mentor mercer merchant mercy merry messiah mike mile miles miller miner minor miracle mist
monk monks moody moon moons moss mountain my nail nick nickel noble noir norm north odd oral orange
orchard owe pace page pages pal palm pan parent park parks parts pastor pat patience paz peace
peacock pearl peck peer penny pepper petit pets petty phoenix pike pin pinto plank pleas pleasant
pole poll polo pop pope poppy porter post potter power powers precious press price priest prince
princess prior provost puck queen raid rails ram raven ray reader real reason red reed rein rey
reyes rice rich riddle ridge ring river rivers roach roar rob robin rocha rock rocky rod rode rojo
roll roman room roots rosa rose roy royal rubio ruby run rush rust rusty sad sage sales salmon sands
sandy santos savage scarlet schwarz sellers senator server shade sharp shepherd shields shine short
side silk silver sincere sing singer singleton sip siren sister skinner skip sky small smart smith
snow so sol sole son song sparks spear spears spies spring springer squire stack star stark steel
steer stern steward stock stone storey storms story stout strand street strong sue suits summer
summers sun sunny sunshine swift swords tailor tan tank tanner taylor tea ted ties till tiny tom
tone tony topic tore tours toy trace treasure trip troy true turner unique urban vain valiant valves
van velvet venus victory villa viola violet wade wage walker wall walls ward warrior wash water
waters weaver week weeks weiss wells west white widen wild will wing winter wise wit wolf wood woods
woody worth wren yoga young zero
"""

COMMON = frozenset(_COMMON_TEXT.split())
"""Names that are words too: alone they are a hit only with a capital letter."""

_MOSTLY_NAMES_TEXT = """
amber april archer baker barker butler carol chandler christian cooper crystal daisy dale dean don
drew fisher frank gene glen grace grant guy hank heather holly hunter ivy jack jasmine jay josh june
lance laurel lily mark mason mike miller nick norm pat pearl porter potter ray rob robin rod roy
ruby sandy sawyer skip smith steward sue tanner taylor ted tom tony troy turner violet walker weaver
"""

MOSTLY_NAMES = frozenset(_MOSTLY_NAMES_TEXT.split())
"""Those of ``COMMON`` that are names more often than words: beside the name's other part no capital
is needed.
"""

_EVERYDAY_TEXT = """
abbot about aching address advice advise afford african after again agents airline albeit alert
aliens all allegro alley almost alone alpine already also alter always amend american americas amino
amore anatolia and andes angels anger angered angle angles anglo animal ankle annals another any
anyone apostle apples arbor arched archers archery arches archive are areas arena argent argus arise
armada armed armenian arose arrows arsenic arson asian aside assam asset astro attain attract
attracts authors avalon avant backed backs badger badly ballad ballet banana banco bandit bands
banker banner banners banning baptism barbed barely bargain barges barked barley barns barons barred
barrel barrels barren barrier barrow basal basha basilica basin basis bassist bastion batman baton
batter batting battle beacon beans beast beasts beaten beating beauty beaver because been before
began begun bengali benign berber berries berth better betting between bigger biking billing billion
birth births bishops bison bitter blades bland blazed blessings blonde bloomberg blossoms boating
boiler bomber booked books booming border boring borne borrow botanic both bouquet bourbon bourne
bowled bowling bowls boxers boy brace bracket braid brake brakes branded branding braves breed
breeders breeds breeze brewers brewery bride bring brings broader broadly broke broker browns bruise
buckle buckled buddies burned burning burnt busch busted but butter button call called caller
calling calls calves camel camera campus cancer candle candles canine cannons cannot canon canvas
capitol cappella captains caravan carbon career caring carried carriers carries carrot cartel
cartoon carts casino castes castle cater catering cavalier cavern caves celestial cellar cello
cement center certain chain chairs chalk chamber chancel chances change changing channel chant
chanting chants chaos chapel charge charges charms charter charts chases cheek cheer cheney chill
chilling chilly chords chores chorus chrome cinder cinema circle citrus clade clarinet clarity
classes classic clause clauses clean cleaner clearance clearly clears clerk clerks clone clones
closest closet cloudy clover cluster coaster coated coats cobra coding coffee coffin coins colder
collar collect colliery columbian combat come command comments commits common commons compare
compete concept conception concepts condo condom condor cones console contain contractors convex
convoy cooks cooled cooler cooling copper cores corner cornice cornish coroner corpus corridor
cortex cosmic cosmos costing cotton could couldn councils counter counts courier courts coward
cowboy crater crates craved crawled creole crimes crisp crook cruiser cruises crystals cubic cumbria
cunning curled curly curtains custer cutler cutter daemon dagger daggers dancer dances danger daring
darker darting dates dear decide define demand demise demon demons denial denied denies denote dense
denying desired desires dessert destined destroy deter device devote dharma diamonds did diesel
digging diner dinner dipped dismay distal divers divert divide diving doctors dodgers doing dollar
dolls dolphin dolphins domain donate donor doping dormant down downed dragon dragons drain drama
dresser driven drivers drone drones drowning drummer dummy during each earlier earth easier eastern
eater eating effort either elders elect elects element elements eleven elite email engine england
enter entry erotic evangelist even events ever every fabric fabrics fading falcons fallen famine
farmers farmland farther faster fatigue feather feeder feeling felony fencing fender feral ferries
fertile fiance fiddle fielder fierce finely finer finger first fished fishery fishes fitting flaming
flanks flare flatly flavor flawless fleeing fleets flower folder folding folks for forces foreman
forests forge forged forgot former fortunate fortune found fountain frames francaise franchise
franciscan frankly frantic freed friday fridge fried friends fright from frowning funnel gable
gained gains galerie galileo gallant gallery galley gallon gambling gaming gangs gaping garage
garden gardener gasped gather gave gazing geared gender genera generals gently gerais germans
gesture get getting gilded gills give given glacier glazed glove gloves goblin goes goldman golfer
gone gorilla gotten govern governors grabs grade graded grades grading grain grains grange grants
grapes grass grasses grassy grave gravely greatly greaves greedy greenish greens grille grimly grips
groan groove groves guardian guerre guiding guilty guitar guitars gulped gunmen gunners gunnery
hacked had hailed hallmark halves hammered hand handel handing handle handled handles happen harbor
hard harder harlem harrow has haste hating have having hazard head header healed healer hearing
heart hearth hearts heating heaved heavens heavy hedges heiress helix hello helmet helmets help
helps her herald herbal herbs herds here hermit heroes heroin heroine hey hiding high hiking
hilarious him hiring his hitter hitting hockey holders holding holdings holes hollow holster homes
honor honored honors hooker hooves hoping hopper hornet hostel hotter hour how howled howling humble
hummed humming hunger hunted hunters hurled indian indians infants inland inner inter into ionic
irish island israeli its jacket jagged jaguar jalan janata jerked jersey jewels jingle jockey joins
joker journeys juniors just justices kaladin kansas kaplan karate keepers keeping kept kernel killed
killers kindly kitchen kitten kneeling knights know koppen korean kuala labelled labour ladder laden
landed landing landmark lanes langdon lankan lantern large largely larger laser last late lately
later latino latter lattice laude laughs laundry laureate lawyers layer layers leader leads leaned
learns lease leather leave leaves ledger left legion lenses leopard less lesser lesson let letter
letting lever liberia libyan light like liking lilith linear lineman linen liner linger list listen
lister litter live liver livery locke locker lodges longer look looming loosen losing lost lotus
lovely lover lovers loving lowers lowland lowlands lumber made madly madman maestro magnet magnum
maharaja maiden maids mail maintain maison majesty make makes making malaria malay males man mandir
manga mania manner manners mansion mantle manual many maori march margin margins marijuana marines
marital maritime marked marker market markets marlins maroon marquess marred marries marrow martian
martini martyr mascara masjid masses massif masters mastery mates matter matters mature mavericks
maximal maximum maybe median meets melodic melodies member mention merchants merely merged merger
merit merits messing meters metres metric mexican middle might million mimic mine minors miracles
mirage mirza misery missile mister mocking modest module molded molten money monitor monkey monster
months moral morale morals more mormon mortal most motel mountains mouse much mundo murder murders
museum musica muslims must muster mutant mutter myriad name namely nantes narrows nausea nautical
near nearing nearly need negro netting never new newtown next nicely night ninth nobles noise noises
nordic normal not now number nurse nursery nurses nylon ocean oceans old older olympiad olympian
olympic once one only open orchards order organ organic organs other otter our out outer over overs
owning pacific padded painter palais paler palette palms panda panic panzer parade parades paradise
parcel pardon parents parish parked parking parole parrot part parted partial partner past paste
pastoral pastry patent patio patron pausing pearls peasant peeling peers people peppers per permit
persian person persona persons petrol phillies phone piano piazza piccolo piece pierced piers pillar
pillow pilot piston pitcher place plan plane planes planet planners plans plant planted plants plate
please pleasure pocket point pointer polite polled pollen polling ponder popped ported postal poster
posters pottery powder prayer present previous prices pride priests primitive princes printer priory
prison pristine problem proper prose purification put quarter quartet quieter quilt quintet racers
racing radio raided raider rained raising ranch rancho random range ranged ranger ranges ranks
rarely rather ratio ravine rayon reacher readers reading really reaper reasons recess rector reeling
refers refrain regain regard regent reggae regime regimes region regional regions regular reins
relate release remain render rents rest reward ribbon ribbons riches richly ridden rider riders
ridges riding right rigid rings ripped ripping rising robes robot rocker rodents roles roller
rolling romance romanian rosary roster rotten rouse routes rover rovers rubbed rubber rudder rumor
rumors runner running rustic saber said sailed sailor salary saline saliva salle salon saloon
salvage same sample sandals sanity sausage saving savior say says scandal scanning scares scarf
school schools scorer scroll seaman season seater seating second sector sedan see seem segunda seine
seldom sell seller senate senators send sends senior sensor sensory sent sequel serbian serene
sermon serve served servers serves serving session seton setting settler seven sevens severe severn
shadowy shaken shaman shang shape shards share shared shares sharing sharks shatter she shear sheen
sheer sheets shell shells sheriff shield shifter shitty shorts should show shrine shutter siding
sight sigma signal signals silvery simple since singers single sirens sisters sitting sixteen skater
sketch skies skills skinned skulls slate slated slavery slavic slayer slender slowed slower slowly
smile smiles soared social sold solids solos solve solved solving somber some soon sorrow sorry
spark speaks speedy spends spider spike spiked spikes spinal spores sprang springs sprint sprinter
sprung spying square stade stage stakes stalker stance stand stanza stare stared stares staring
starring start started starter starting startling starving static staunch steak stealing stellar
still stilled stills stocked stocks stoke stole stones stony store stored stores strait strands
strange strata straw streets stretch strict stride striker string stroke strokes stroll strung stuck
stump such sucker sudden sultan summon summons sundays sunken supply sure surgeon sweets swimmer
switch sword syrian tackle take talent tales talk taller tangent tangle tango tanker tanned target
tarzan tavern teacher teeth telangana tell teller telling temple tender tennis tenor terrace terre
terror than thank thanks that thayer the their them themes then there thermal these they thing think
thinner third this thorn thorns those three thrill throne timber time tingle tirana today told
tongue tonnes too took tools topics torment toward towers traced traces trade traders trailer train
trainer traitor trance transit trauma travel travels traverse treason treasurer treasures treasury
treaty trees tremor trench trial trials trimmed trois trolls trophy tucked tunnel turkey turn turned
turning turns two tyres under undone until upon urbana use used utter valet valley valleys valor
values valve vanilla vanish variant variants vassal vector vectors vendor ventura venture verbal
verge verity verse very vessel vested via victorian villain villas violent violins virgin visitation
vital volley vulgar wait waiter walk walked walkers walled wallet wander want warden warmed warned
warriors was watery way weaker weasel weather weave weight well went were western wetland whale
whales what wheeled when where which while who wider wielding willed winger winner winners with
without witty wonder wooden words work world worthy would wrists write wrote year yearly yes yet
yielding yields you your zoning
"""

EVERYDAY = frozenset(_EVERYDAY_TEXT.split())
"""Words that are one letter away from a name (right and Wright, night and Knight) and are not
misspelled names.
"""

ORDINARY = COMMON | EVERYDAY
"""Words that are spelled correctly."""

_ROLES_TEXT = """
account accounting accounts admin administration billing booking bookings career careers contact
customer customers customerservice director email enquiries enquiry feedback finance hello helpdesk
hotel inquiries inquiry invoice invoices kontakt legal mailbox manager management marketing media
member members newsletter noreply office order orders payment payments postmaster press privacy
reception reservation reservations sales secretary security service services staff student students
support verwaltung vertrieb webmaster
"""

ROLES = frozenset(_ROLES_TEXT.split())
"""Local parts of e-mail addresses that belong to an office, not to a person."""

_PLACEHOLDERS_TEXT = """
anonymous deleted empty guest missing n/a na nan nil no none null other private redacted tba tbd
test undefined unknown unbekannt inconnu desconocido sconosciuto onbekend yes
"""

PLACEHOLDERS = frozenset(_PLACEHOLDERS_TEXT.split())
"""Placeholders in columns. They are nobody's value, and would match everyday text."""
