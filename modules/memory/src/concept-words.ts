// Which words name a kind of thing, and which words name things of that kind: a question asks for `pets`, and what was said
// speaks of a dog. Common knowledge in a table, so that it is the same for everybody and can be read; no model. The rows from
// `furniture` on were written without any conversation in view.

/** `names: members`. A member of two words counts where both stand together in the question's language: write the telling one. */
const table = `
activity hobby pastime leisure fun interest: camping hiking painting pottery drawing swimming running jogging biking cycling
 reading writing cooking baking gardening fishing dancing singing yoga photography knitting sewing crochet woodworking surfing
 skiing snowboarding skating skateboarding climbing kayaking canoeing sailing golf tennis basketball soccer football baseball
 volleyball bowling chess gaming puzzle museum concert movie picnic hike walk beach park guitar piano violin volunteering
 travel workout gym meditation karaoke scrapbook calligraphy origami astronomy birdwatching hunting archery
outdoor outside nature: camping hiking fishing kayaking canoeing climbing mountain mountaineering trail park beach forest lake
 river picnic garden surfing skiing biking rafting waterfall sunset safari
sport exercise workout fitness athletic: running jogging swimming yoga pilates gym boxing kickboxing karate taekwondo judo
 aerobics cardio weights lifting basketball soccer football tennis baseball softball volleyball hockey golf cycling biking
 hiking surfing skiing snowboarding skating skateboarding climbing rowing marathon race zumba crossfit training gymnastics
 badminton cricket rugby circuit stretch
martial: karate taekwondo judo kickboxing boxing jiujitsu aikido wrestling fencing kungfu
relax destress unwind calm de-stress stress relief selfcare: yoga meditation running walk pottery painting reading bath music
 massage therapy nature knitting garden hike swim peaceful calming relaxing soothing therapeutic breathing
art artwork creative craft: painting paint drawing sketch pottery clay sculpture canvas watercolor mural photography design
 portrait landscape abstract ceramic knitting crochet sewing collage stained glass calligraphy illustration woodwork
paint painted painting: canvas watercolor acrylic easel brush mural portrait landscape sunset sunrise
pottery ceramic: clay bowl pot mug vase cup plate kiln
instrument: guitar piano violin drums clarinet flute saxophone trumpet cello bass ukulele keyboard harp banjo trombone oboe
music musical musician song: band concert singer album guitar piano violin drums jazz rock pop classical rap song sing lyrics
 melody festival choir orchestra playlist opera
genre: fantasy mystery thriller romance horror comedy drama scifi science fiction action adventure strategy rpg shooter
 documentary biography jazz rock pop classical blues country rap metal
artist band singer: concert album tour song musician vocalist
book novel read: author story series chapter library fantasy mystery novel bookshelf literature memoir biography trilogy
movie film show watch: cinema theater trilogy actor documentary series episode comedy thriller scene director netflix
game gaming videogame: console playstation xbox nintendo rpg strategy shooter multiplayer tournament esports board chess puzzle
 virtual vr fortnite minecraft fifa zelda catan monopoly
pet animal: dog puppy pup cat kitten hamster rabbit bunny guinea pig parrot bird fish turtle tortoise snake lizard horse kitty
animal wildlife: bear deer wolf fox elephant lion tiger whale dolphin shark eagle owl horse cow sheep goat chicken duck
 squirrel raccoon butterfly bee turtle penguin monkey
dog: puppy pup labrador retriever shepherd poodle bulldog terrier beagle husky canine corgi dachshund collie
breed: labrador retriever shepherd poodle bulldog terrier beagle husky corgi dachshund collie siamese persian
cat: kitten kitty feline
food dish meal eat cuisine snack ingredient recipe: pizza pasta salad soup sandwich burger sushi taco curry rice chicken beef
 fish steak bread cheese vegetable fruit cake pie cookie chocolate breakfast lunch dinner grill roast stew noodle bbq omelette
 lasagna chili seafood salmon shrimp tofu bean egg potato dessert popcorn smoothie
dessert sweet treat bake: cake pie cookie brownie muffin cupcake pastry tart ice cream chocolate pudding cheesecake
 candy sundae doughnut donut parfait mousse
drink beverage: coffee tea beer wine juice soda water smoothie cocktail ale lemonade milkshake whiskey latte
vegetable fruit: tomato potato carrot onion pepper cucumber lettuce spinach apple banana orange berry strawberry peach lemon
family relative: mother mom mum father dad parent brother sister sibling son daughter kid child husband wife grandma
 grandmother grandpa grandfather aunt auntie uncle cousin nephew niece spouse twin
parent: mother mom mum father dad
sibling: brother sister twin
child kid children: son daughter toddler baby boy girl kid brother sister teen
childhood younger young grow: kid child school grew little teenager toy 
partner spouse relationship married marital romantic: husband wife boyfriend girlfriend wedding single dating engaged divorce
 breakup fiance marriage couple date love
friend: buddy pal mate roommate neighbor bestie friendship
colleague coworker: boss manager team office work teammate
job career work profession occupation: teacher nurse doctor engineer lawyer counselor counseling writer artist chef manager
 developer programmer designer accountant mechanic firefighter police scientist researcher assistant intern company office
 promotion hired business interview position startup
business company organization: startup shop store firm brand studio agency charity foundation shelter nonprofit
degree major education study field school: college university degree graduate class course psychology engineering biology
 history policy political science administration exam thesis scholarship professor certificate certification
class course lesson: workshop training seminar tutorial lecture signed enrolled instructor teacher
event: festival parade concert conference fundraiser workshop party wedding gala tournament exhibition exhibit show race
 marathon meeting ceremony celebration reunion fair rally march retreat seminar competition meetup
competition contest tournament: won prize trophy medal champion final place race match league
award achievement accomplishment: won prize trophy medal certificate champion degree promotion record published
charity cause donate fundraiser beneficiary volunteer help: shelter homeless donation fundraiser nonprofit food bank drive
 hospital orphanage veterans community raise charity soup kitchen mentor foundation
support encourage: friends family mentor encouragement group therapist backing
community group club member: join joined church team organization network association
religion religious faith spiritual church: church god prayer bible temple mosque mass priest pastor faith christian
 catholic buddhist muslim jewish hindu
politics political government: election campaign office council mayor vote policy senator congress party liberal conservative
military army soldier veteran: veteran army navy marine troop service deployment combat
country nation abroad foreign: usa america england britain uk scotland ireland wales france germany italy spain portugal greece
 netherlands belgium switzerland austria sweden norway denmark finland iceland poland hungary czech romania bulgaria croatia
 turkey russia ukraine china japan korea india thailand vietnam indonesia malaysia singapore philippines australia zealand
 canada mexico brazil argentina chile peru colombia cuba egypt morocco kenya nigeria ethiopia israel dubai nepal
europe european: england britain uk scotland ireland wales france germany italy spain portugal greece netherlands belgium
 switzerland austria sweden norway denmark finland iceland poland hungary prague croatia london paris rome berlin madrid
 barcelona amsterdam vienna lisbon dublin athens
asia asian: china japan korea india thailand vietnam indonesia malaysia singapore philippines tokyo bali nepal
state area region u.s us usa: florida california texas oregon washington colorado arizona nevada utah alaska hawaii michigan ohio
 illinois georgia virginia carolina tennessee kentucky indiana wisconsin minnesota iowa missouri kansas oklahoma montana
 wyoming idaho dakota nebraska louisiana alabama mississippi maine vermont massachusetts connecticut pennsylvania jersey
 maryland 
city town: london paris rome york boston chicago seattle angeles vegas miami francisco toronto vancouver tokyo berlin madrid
 barcelona amsterdam dublin sydney downtown atlanta denver portland austin dallas houston philadelphia
travel trip vacation visit holiday place destination: trip flight beach hotel mountain roadtrip tour camping cruise island
 resort passport airport abroad explore castle museum park sightseeing journey
live home house apartment: moved apartment house neighborhood rent city town condo mansion
move moved: relocated apartment country home city
hometown origin from: country born grew home
vehicle car transport: car truck bike motorcycle bus van prius ford toyota drive bicycle scooter
damage accident break problem issue trouble setback: crash broke broken damaged fixed repair flood fire injury lost stolen
 hurt breakdown collision smashed
health medical illness disease sick condition: doctor hospital diagnosis surgery pain injury flu asthma allergy diabetes
 heart weight checkup anxiety depression medicine medication therapy blood cancer 
injury hurt injured: ankle knee sprain broke bruise wrist twisted shoulder leg fracture cast
allergy allergic: peanut nut dairy pollen fur gluten shellfish
pain emotion feel feeling: happy sad angry nervous anxious excited proud grateful scared thankful overwhelmed lonely joy
clothes clothing wear fashion outfit: dress shirt shoes sneakers jacket hat coat jeans skirt boots necklace ring scarf hoodie
jewelry gift present: necklace ring bracelet pendant earrings watch flowers bouquet
item object possession buy bought purchase belonging: shoes book car bike guitar laptop phone
 furniture lamp painting collection toy dress console microphone bed
collect collection: stamp coin vinyl memorabilia jersey sneakers cards antique
symbol important meaning meaningful represent: flag ring tattoo stands symbolizes
 reminder reminds
technology tech device gadget electronic: phone computer laptop camera drone robot software app console tablet headset gps
programming software code coding: app application website game project developer language python java algorithm hackathon bug
project: app website game novel script research startup mural renovation experiment prototype
script screenplay film: screenplay movie writing producer festival screening role actor
write writing written: blog poem poetry story journal article script novel letter book
social media platform: instagram youtube tiktok twitter blog vlog channel post stream twitch facebook followers
flower plant garden: rose tulip sunflower lily daisy orchid tomato herbs seeds succulent tree violet
holiday celebrate celebration festival: christmas thanksgiving halloween easter birthday anniversary graduation party
weather natural disaster: flood storm rain hurricane tornado earthquake wildfire snow
outage disaster: flood fire power storm
trick command skill: sit stay paw roll catch fetch frisbee jump shake talent
water beach ocean: sea lake river swim surf boat
money financial finance: loan savings debt rent budget salary raise bills invest insurance tax funding
identity gender lgbtq transgender: transgender trans gay lesbian queer pride woman man nonbinary
personality trait character quality: kind thoughtful caring passionate strong brave creative authentic honest driven
goal plan dream future ambition aspire: want hope adopt open start apply become someday planning career
challenge difficulty struggle hardship obstacle: tough hard failed lost setback injury rejection difficult problem
lgbtq: pride transgender trans gay queer rainbow
furniture: table chair sofa couch bed desk lamp dresser shelf wardrobe bookcase stool bench cabinet mattress rug curtain
appliance: fridge refrigerator oven stove microwave dishwasher washer dryer toaster blender kettle vacuum freezer
tool equipment: hammer saw drill screwdriver wrench ladder nail pliers chisel toolbox shovel rake mower
body: head arm leg hand foot knee back shoulder neck eye ear nose finger toe hip ankle wrist elbow stomach chest
bird: robin eagle sparrow cardinal crow hawk parrot owl pigeon dove canary finch heron goose swan duck hummingbird
fish: salmon trout tuna bass shark goldfish catfish cod carp
insect bug: bee ant fly spider mosquito butterfly wasp beetle moth ladybug cricket
tree: oak maple pine elm birch cedar willow spruce redwood palm
fruit: apple orange banana grape pear peach strawberry mango kiwi pineapple plum lemon watermelon blueberry raspberry cherry
dance dancing: ballet salsa tango waltz hiphop ballroom contemporary jazz swing tap zumba
science scientific: biology chemistry physics astronomy geology psychology anatomy botany zoology ecology neuroscience
language speak fluent: english spanish french german italian portuguese chinese mandarin japanese korean russian arabic hindi
 dutch polish latin swedish turkish
toy: doll ball truck car puzzle lego block teddy kite yoyo frisbee
footwear: boots shoes sandals sneakers heels slippers flats loafers
material fabric metal: gold silver copper iron steel bronze cotton silk wool leather denim linen nylon wood glass
crime: theft robbery burglary murder fraud assault arson vandalism
building: house church school hospital library museum castle tower barn theater stadium mall station cathedral bridge
emotion mood: jealous relieved disappointed frustrated hopeful nostalgic joyful ashamed bored
adopt adoption: agency foster orphan shelter puppy
nickname called name: named nickname call
color colour: red blue green yellow purple orange pink black white gray brown 
month season: january february march april may june july august september october november december spring summer fall winter`;

export interface Concept {
  readonly names: readonly string[];
  readonly members: readonly string[];
}

export const concepts: readonly Concept[] = table
  .trim()
  .split(/\n(?! )/)
  .map((line) => {
    const [names, members] = line.split(':');
    return { names: names!.trim().split(/\s+/), members: members!.trim().split(/\s+/) };
  });
