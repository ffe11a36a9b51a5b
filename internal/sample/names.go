package sample

import "birge/internal/platform/i18n"

var regionName = i18n.Text{KK: "Үлгі облысы", RU: "Учебная область", EN: "Sample Region"}

// districtNames has the city first.
var districtNames = []i18n.Text{
	{KK: "Үлгі қаласы", RU: "город Учебный", EN: "Sample City"},
	{KK: "Дала ауданы", RU: "Степной район", EN: "Steppe District"},
	{KK: "Көл ауданы", RU: "Озёрный район", EN: "Lake District"},
	{KK: "Тау ауданы", RU: "Горный район", EN: "Mountain District"},
	{KK: "Өзен ауданы", RU: "Речной район", EN: "River District"},
	{KK: "Орман ауданы", RU: "Лесной район", EN: "Forest District"},
	{KK: "Бұлақ ауданы", RU: "Родниковый район", EN: "Spring District"},
}

var villageNames = []i18n.Text{
	{KK: "Үлгі ауыл", RU: "село Образцовое", EN: "Model Village"}, {KK: "Қызғалдақ ауылы", RU: "село Тюльпановое", EN: "Tulip Village"},
	{KK: "Терекжол ауылы", RU: "село Тополиное", EN: "Poplar Village"}, {KK: "Құдықты ауылы", RU: "село Колодезное", EN: "Well Village"},
	{KK: "Жүзімбақ ауылы", RU: "село Виноградное", EN: "Vineyard Village"}, {KK: "Бидайсай ауылы", RU: "село Пшеничное", EN: "Wheat Village"},
	{KK: "Аққайрақ ауылы", RU: "село Точильное", EN: "Whetstone Village"}, {KK: "Шағалакөл ауылы", RU: "село Чайкино", EN: "Gull Village"},
	{KK: "Қамыскөл ауылы", RU: "село Камышовое", EN: "Reed Village"}, {KK: "Балықшыкент ауылы", RU: "село Рыбацкое", EN: "Fishers' Village"},
	{KK: "Тоғанды ауылы", RU: "село Прудовое", EN: "Pond Village"}, {KK: "Аралкент ауылы", RU: "село Островное", EN: "Island Village"},
	{KK: "Тасқамал ауылы", RU: "село Каменное", EN: "Stone Village"}, {KK: "Арашатас ауылы", RU: "село Можжевеловое", EN: "Juniper Village"},
	{KK: "Бүркітқия ауылы", RU: "село Орлиное", EN: "Eagle Village"}, {KK: "Асуыл ауылы", RU: "село Перевальное", EN: "Pass Village"},
	{KK: "Қарлышың ауылы", RU: "село Снежное", EN: "Snow Village"}, {KK: "Жотабай ауылы", RU: "село Хребтовое", EN: "Ridge Village"},
	{KK: "Кемежай ауылы", RU: "село Паромное", EN: "Ferry Village"}, {KK: "Талжаға ауылы", RU: "село Ивовое", EN: "Willow Village"},
	{KK: "Көпірсай ауылы", RU: "село Мостовое", EN: "Bridge Village"}, {KK: "Құмжаға ауылы", RU: "село Песчаное", EN: "Sandy Village"},
	{KK: "Диірменсай ауылы", RU: "село Мельничное", EN: "Mill Village"}, {KK: "Қайықты ауылы", RU: "село Лодочное", EN: "Boat Village"},
	{KK: "Қайыңсай ауылы", RU: "село Берёзовое", EN: "Birch Village"}, {KK: "Қарағайлық ауылы", RU: "село Сосновое", EN: "Pine Village"},
	{KK: "Бүлдіргенді ауылы", RU: "село Ягодное", EN: "Berry Village"}, {KK: "Саңырауқұл ауылы", RU: "село Грибное", EN: "Mushroom Village"},
	{KK: "Бұғылыжол ауылы", RU: "село Оленье", EN: "Deer Village"}, {KK: "Тиінсай ауылы", RU: "село Беличье", EN: "Squirrel Village"},
	{KK: "Мөлдірсу ауылы", RU: "село Прозрачное", EN: "Clearwater Village"}, {KK: "Салқынбас ауылы", RU: "село Прохладное", EN: "Cool Village"},
	{KK: "Кәусарлы ауылы", RU: "село Ключевое", EN: "Source Village"}, {KK: "Жидексай ауылы", RU: "село Малиновое", EN: "Raspberry Village"},
	{KK: "Аралық ауылы", RU: "село Среднее", EN: "Middle Village"}, {KK: "Жаңажұртсай ауылы", RU: "село Новодворное", EN: "Newyard Village"},
}

var departmentNames = []i18n.Text{
	{KK: "Үлгі облысының ішкі саясат басқармасы", RU: "Управление внутренней политики Учебной области", EN: "Department of Internal Policy, Sample Region"},
	{KK: "Үлгі облысының білім басқармасы", RU: "Управление образования Учебной области", EN: "Department of Education, Sample Region"},
	{KK: "Үлгі облысының денсаулық сақтау басқармасы", RU: "Управление здравоохранения Учебной области", EN: "Department of Health, Sample Region"},
	{KK: "Үлгі облысының жастар саясаты басқармасы", RU: "Управление молодёжной политики Учебной области", EN: "Department of Youth Policy, Sample Region"},
	{KK: "Үлгі облысының жұмыспен қамту және әлеуметтік бағдарламалар басқармасы", RU: "Управление занятости и социальных программ Учебной области", EN: "Department of Employment and Social Programmes, Sample Region"},
	{KK: "Үлгі облысының мәдениет басқармасы", RU: "Управление культуры Учебной области", EN: "Department of Culture, Sample Region"},
	{KK: "Дала ауданының әкімдігі", RU: "Акимат Степного района", EN: "Akimat of Steppe District"},
	{KK: "Көл ауданының әкімдігі", RU: "Акимат Озёрного района", EN: "Akimat of Lake District"},
}

var firstWords = []string{"Жасыл", "Ақ", "Алтын", "Жаңа", "Көк", "Жарық", "Нұрлы", "Бақытты", "Сенімді", "Мейірімді", "Туған", "Кең", "Биік", "Асыл", "Ізгі", "Жас", "Дана", "Күміс", "Таза", "Ашық", "Берік", "Қуатты", "Шуақты", "Жылы", "Тынық", "Жайлы", "Салмақты", "Дархан"}

var secondWords = []string{"дала", "жол", "қанат", "шаңырақ", "отау", "бұлақ", "көпір", "тірек", "үміт", "жүрек", "өрнек", "көктем", "арман", "ұрпақ", "таң", "керуен", "самал", "терезе", "бағдар", "белес", "мұра", "ниет", "табыс", "шырақ", "аспан", "өзен", "айна", "тамыр"}

// theme is what a project may be about. A measured theme has an indicator whose
// baseline is 0.
type theme struct {
	sphere, group string
	sdg           string
	children      bool
	title         i18n.Text
	need          i18n.Text
	summary       i18n.Text
	indicator     i18n.Text
	unit          i18n.Text
	event         i18n.Text
	target        int // of the indicator, a year
}

var people = i18n.Text{KK: "адам", RU: "чел.", EN: "people"}

var themes = []theme{
	{"environment", "teenagers", "13", true, i18n.Text{KK: "Жас экологтар мектебі", RU: "Школа юных экологов", EN: "School of young ecologists"},
		i18n.Text{KK: "Ауыл мектептерінде табиғатты қорғау үйірмелері жоқ, қоқыс іріктеліп жиналмайды.", RU: "В сельских школах нет природоохранных кружков, мусор не собирают раздельно.", EN: "Village schools have no nature clubs, and waste is not sorted."},
		i18n.Text{KK: "Мектептерде үйірме ашып, оқушылармен бірге ағаш отырғызамыз, қоқысты бөліп жинауды үйретеміз.", RU: "Открываем кружки, сажаем деревья вместе со школьниками и учим раздельному сбору.", EN: "We open clubs, plant trees with pupils and teach sorting of waste."},
		i18n.Text{KK: "Курстан өткен оқушылар", RU: "Школьники, прошедшие курс", EN: "Pupils who finished the course"}, people, i18n.Text{KK: "Ашық сабақ және ағаш отырғызу", RU: "Открытый урок и посадка деревьев", EN: "Open lesson and tree planting"}, 420},
	{"environment", "rural", "15", false, i18n.Text{KK: "Таза бұлақ", RU: "Чистый родник", EN: "Clean spring"},
		i18n.Text{KK: "Ауыл маңындағы бұлақтардың басы ластанған.", RU: "Родники у сёл загрязнены.", EN: "Springs near villages are polluted."},
		i18n.Text{KK: "Тұрғындармен бірге бұлақтардың басын тазалап, белгі орнатамыз.", RU: "Вместе с жителями очищаем родники и ставим указатели.", EN: "With residents we clean springs and put up signs."},
		i18n.Text{KK: "Тазартылған бұлақтар", RU: "Очищенные родники", EN: "Springs cleaned"}, i18n.Text{KK: "бұлақ", RU: "шт.", EN: "springs"}, i18n.Text{KK: "Бұлақ тазалау сенбілігі", RU: "Субботник у родника", EN: "Clean-up at the spring"}, 14},
	{"youth", "youth", "8", false, i18n.Text{KK: "Жастардың алғашқы ісі", RU: "Первое дело молодых", EN: "First venture of the young"},
		i18n.Text{KK: "Аудандардағы жастар іс бастауға қайдан кеңес алатынын білмейді.", RU: "Молодёжь районов не знает, где получить совет, чтобы начать своё дело.", EN: "Young people in districts do not know where to get advice to start a business."},
		i18n.Text{KK: "Тәлімгермен жұмыс, бизнес-жоспар сабақтары, шағын жәрмеңке.", RU: "Работа с наставником, уроки бизнес-плана, небольшая ярмарка.", EN: "Mentors, lessons on business plans, a small fair."},
		i18n.Text{KK: "Ісін бастаған жастар", RU: "Молодые люди, начавшие дело", EN: "Young people who started"}, people, i18n.Text{KK: "Жас кәсіпкерлер кездесуі", RU: "Встреча молодых предпринимателей", EN: "Meeting of young entrepreneurs"}, 60},
	{"vulnerable", "children_disability", "10", true, i18n.Text{KK: "Ерекше қажеттілігі бар балаларға қолдау", RU: "Поддержка детей с особыми потребностями", EN: "Support for children with special needs"},
		i18n.Text{KK: "Ауданда логопед пен дефектолог жоқ, отбасылар қалаға баруға мәжбүр.", RU: "В районе нет логопеда и дефектолога, семьи вынуждены ездить в город.", EN: "The district has no speech therapist; families have to travel to the city."},
		i18n.Text{KK: "Маман айына екі рет келеді, ата-аналарға үйдегі жаттығулар үйретіледі.", RU: "Специалист приезжает дважды в месяц, родителей учат занятиям дома.", EN: "A specialist comes twice a month and parents learn exercises for home."},
		i18n.Text{KK: "Көмек алған балалар", RU: "Дети, получившие помощь", EN: "Children who got help"}, people, i18n.Text{KK: "Топтық сабақ", RU: "Групповое занятие", EN: "Group session"}, 90},
	{"vulnerable", "older_people", "3", false, i18n.Text{KK: "Күміс жас клубы", RU: "Клуб серебряного возраста", EN: "Silver age club"},
		i18n.Text{KK: "Жалғызілікті қарттардың бас қосатын жері жоқ.", RU: "Одиноким пожилым людям негде встречаться.", EN: "Older people who live alone have nowhere to meet."},
		i18n.Text{KK: "Аптасына екі рет клуб, скандинавиялық жүріс, смартфон сабақтары.", RU: "Клуб дважды в неделю, скандинавская ходьба, уроки смартфона.", EN: "A club twice a week, Nordic walking, smartphone lessons."},
		i18n.Text{KK: "Клубқа тұрақты келетіндер", RU: "Постоянные участники клуба", EN: "Regular members of the club"}, people, i18n.Text{KK: "Клубтың ашық күні", RU: "День открытых дверей клуба", EN: "Open day of the club"}, 120},
	{"health", "everyone", "3", false, i18n.Text{KK: "Аулада спорт", RU: "Спорт во дворе", EN: "Sport in the yard"},
		i18n.Text{KK: "Ауылда тегін спорт үйірмелері аз.", RU: "В сёлах мало бесплатных спортивных секций.", EN: "There are few free sports groups in villages."},
		i18n.Text{KK: "Жаттықтырушылар аулаларда тегін сабақ өткізеді.", RU: "Тренеры бесплатно занимаются с жителями во дворах.", EN: "Coaches hold free sessions in yards."},
		i18n.Text{KK: "Сабақтарға қатысқандар", RU: "Участники занятий", EN: "People who took part"}, people, i18n.Text{KK: "Аула турнирі", RU: "Дворовый турнир", EN: "Yard tournament"}, 600},
	{"culture", "everyone", "11", false, i18n.Text{KK: "Ауыл шеберлері", RU: "Сельские мастера", EN: "Village craftspeople"},
		i18n.Text{KK: "Қолөнер жаңа ұрпаққа берілмей барады.", RU: "Ремесло не передаётся молодым.", EN: "Crafts are not passed on to the young."},
		i18n.Text{KK: "Киіз басу, ағаш ою сабақтары және көрме.", RU: "Уроки войлока и резьбы по дереву, выставка.", EN: "Lessons in felt and woodcarving, and an exhibition."},
		i18n.Text{KK: "Қолөнер үйренгендер", RU: "Освоившие ремесло", EN: "People who learned a craft"}, people, i18n.Text{KK: "Шеберлер көрмесі", RU: "Выставка мастеров", EN: "Exhibition of craftspeople"}, 75},
	{"education_sport", "children", "4", true, i18n.Text{KK: "Ауылдағы робототехника", RU: "Робототехника в селе", EN: "Robotics in the village"},
		i18n.Text{KK: "Ауыл балаларының техникалық үйірмеге қолы жетпейді.", RU: "Сельским детям недоступны технические кружки.", EN: "Village children have no technical clubs."},
		i18n.Text{KK: "Үш мектепте зертхана ашылады, жаз сайын лагерь өтеді.", RU: "В трёх школах открываются лаборатории, летом проходит лагерь.", EN: "Labs open in three schools, with a camp in summer."},
		i18n.Text{KK: "Үйірмеге қатысқан балалар", RU: "Дети в кружках", EN: "Children in the clubs"}, people, i18n.Text{KK: "Жобалар қорғау күні", RU: "День защиты проектов", EN: "Project day"}, 150},
	{"rights", "everyone", "16", false, i18n.Text{KK: "Тегін заң кеңесі", RU: "Бесплатная правовая приёмная", EN: "Free legal advice"},
		i18n.Text{KK: "Ауыл тұрғындары құқықтық кеңесті қайдан аларын білмейді.", RU: "Сельчане не знают, где получить правовой совет.", EN: "Villagers do not know where to get legal advice."},
		i18n.Text{KK: "Заңгер аудандарды аралап, апта сайын қабылдау өткізеді.", RU: "Юрист объезжает районы и ведёт приём каждую неделю.", EN: "A lawyer tours the districts and receives people every week."},
		i18n.Text{KK: "Берілген кеңестер", RU: "Консультации", EN: "Consultations given"}, i18n.Text{KK: "кеңес", RU: "ед.", EN: "consultations"}, i18n.Text{KK: "Ашық қабылдау", RU: "Открытый приём", EN: "Open reception"}, 700},
	{"employment", "unemployed", "8", false, i18n.Text{KK: "Жаңа мамандық", RU: "Новая профессия", EN: "A new trade"},
		i18n.Text{KK: "Ауданда тігінші мен аспаз жетіспейді, ал жұмыссыздар бар.", RU: "В районе не хватает швей и поваров, а безработные есть.", EN: "The district lacks tailors and cooks while people are out of work."},
		i18n.Text{KK: "Үш айлық курс және жұмыс берушіде тәжірибе.", RU: "Трёхмесячный курс и практика у работодателя.", EN: "A three-month course and practice with an employer."},
		i18n.Text{KK: "Жұмысқа тұрғандар", RU: "Трудоустроенные", EN: "People who found work"}, people, i18n.Text{KK: "Жұмыс жәрмеңкесі", RU: "Ярмарка вакансий", EN: "Job fair"}, 48},
	{"volunteering", "volunteers", "17", false, i18n.Text{KK: "Ерікті көмек штабы", RU: "Штаб добровольной помощи", EN: "Volunteer help desk"},
		i18n.Text{KK: "Еріктілер мен көмекке мұқтаждар бірін-бірі таба алмайды.", RU: "Волонтёры и те, кому нужна помощь, не находят друг друга.", EN: "Volunteers and those who need help do not find each other."},
		i18n.Text{KK: "Штаб өтінім қабылдап, еріктілерді үйретеді.", RU: "Штаб принимает заявки и учит волонтёров.", EN: "The desk takes requests and trains volunteers."},
		i18n.Text{KK: "Орындалған өтінімдер", RU: "Выполненные просьбы", EN: "Requests fulfilled"}, i18n.Text{KK: "өтінім", RU: "ед.", EN: "requests"}, i18n.Text{KK: "Еріктілер жиыны", RU: "Сбор волонтёров", EN: "Gathering of volunteers"}, 320},
	{"animals", "everyone", "15", false, i18n.Text{KK: "Қаңғыбас жануарларға қамқорлық", RU: "Забота о бездомных животных", EN: "Care for stray animals"},
		i18n.Text{KK: "Қалада қаңғыбас иттер көп.", RU: "В городе много бездомных собак.", EN: "The city has many stray dogs."},
		i18n.Text{KK: "Егу, стерильдеу және жаңа ие табу.", RU: "Вакцинация, стерилизация и поиск хозяев.", EN: "Vaccination, sterilization and new homes."},
		i18n.Text{KK: "Ие табылған жануарлар", RU: "Животные, нашедшие дом", EN: "Animals that found a home"}, i18n.Text{KK: "жануар", RU: "шт.", EN: "animals"}, i18n.Text{KK: "Жануарларды таныстыру күні", RU: "День знакомства с животными", EN: "Adoption day"}, 160},
	{"heritage", "youth", "11", false, i18n.Text{KK: "Өлке тарихы картада", RU: "История края на карте", EN: "Local history on a map"},
		i18n.Text{KK: "Ескерткіштер туралы дерек шашыраңқы.", RU: "Сведения о памятниках разрозненны.", EN: "What is known of monuments is scattered."},
		i18n.Text{KK: "Жастар экспедициясы ескерткіштерді сипаттап, ашық картаға түсіреді.", RU: "Молодёжные экспедиции описывают памятники и наносят их на открытую карту.", EN: "Youth expeditions describe monuments and put them on an open map."},
		i18n.Text{KK: "Сипатталған ескерткіштер", RU: "Описанные памятники", EN: "Monuments described"}, i18n.Text{KK: "нысан", RU: "шт.", EN: "monuments"}, i18n.Text{KK: "Экспедиция күні", RU: "День экспедиции", EN: "Expedition day"}, 36},
	{"civil_society", "ngos", "16", false, i18n.Text{KK: "Ауылдық ҮЕҰ мектебі", RU: "Школа сельских НПО", EN: "School for rural NGOs"},
		i18n.Text{KK: "Аудандағы ҮЕҰ өтінім мен есепті өздері жаза алмайды.", RU: "НПО районов не могут сами написать заявку и отчет.", EN: "NGOs in districts cannot write an application or a report on their own."},
		i18n.Text{KK: "Көшпелі семинарлар және тәлімгерлік.", RU: "Выездные семинары и наставничество.", EN: "Seminars on the road and mentoring."},
		i18n.Text{KK: "Оқытылған ұйымдар", RU: "Обученные организации", EN: "Organizations trained"}, i18n.Text{KK: "ұйым", RU: "орг.", EN: "organizations"}, i18n.Text{KK: "Көшпелі семинар", RU: "Выездной семинар", EN: "Seminar on the road"}, 30},
	{"gender", "women", "5", false, i18n.Text{KK: "Ауыл әйелдерінің ісі", RU: "Дело сельских женщин", EN: "Business of rural women"},
		i18n.Text{KK: "Ауыл әйелдерінің өнімін сататын жері жоқ.", RU: "Сельским женщинам негде продать своё.", EN: "Rural women have nowhere to sell what they make."},
		i18n.Text{KK: "Бірлескен дүкен, бухгалтерлік сабақтар.", RU: "Общая лавка и уроки учёта.", EN: "A shared shop and lessons in accounting."},
		i18n.Text{KK: "Табысы артқан әйелдер", RU: "Женщины, чей доход вырос", EN: "Women whose income grew"}, people, i18n.Text{KK: "Ауыл жәрмеңкесі", RU: "Сельская ярмарка", EN: "Village fair"}, 55},
	{"accord", "everyone", "16", false, i18n.Text{KK: "Достық көршілер", RU: "Добрые соседи", EN: "Good neighbours"},
		i18n.Text{KK: "Аула тұрғындары бірін-бірі танымайды.", RU: "Жители дворов не знают друг друга.", EN: "People who share a yard do not know each other."},
		i18n.Text{KK: "Көршілер мерекесі, ортақ дастарқан, аула кеңесі.", RU: "Праздник соседей, общий стол, совет двора.", EN: "A neighbours' day, a shared table, a council of the yard."},
		i18n.Text{KK: "Құрылған аула кеңестері", RU: "Созданные советы дворов", EN: "Yard councils formed"}, i18n.Text{KK: "кеңес", RU: "ед.", EN: "councils"}, i18n.Text{KK: "Көршілер күні", RU: "День соседей", EN: "Neighbours' day"}, 22},
}
