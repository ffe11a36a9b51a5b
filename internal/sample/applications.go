package sample

import (
	"fmt"
	"strconv"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// application is what an organization types into an application about a theme,
// for work that begins in the month of a day.
func (f *giving) application(org orgs.Organization, theme, i int, lang i18n.Lang, begins db.Date) map[string]string {
	th := themes[theme]
	district := f.districts[1+i%(len(f.districts)-1)]
	place := f.villages[district.ID][(5*i+2)%6]
	say := func(x i18n.Text) string { return x.Get(lang) }
	months, people := 9+i%4, 40+15*(i%7)
	y, m, _ := begins.Date()
	starts := db.Day(y, m, 1)
	typed := map[string]string{"lang": string(lang), "title.kk": th.title.KK + ": " + place.Name.KK, "title.ru": th.title.RU + ": " + place.Name.RU,
		"summary.kk": th.summary.KK, "summary.ru": th.summary.RU, "need": say(th.need) + " " + fmt.Sprintf(say(needs[i%len(needs)]), people*3, district.Name.Get(lang)),
		"method": say(methods[i%len(methods)]), "lasting": say(lastings[i%len(lastings)]), "risks": say(risks[i%len(risks)]), "team": say(teams[i%len(teams)]),
		"contact.name": "Үлгі Байланысшы", "contact.mail": fmt.Sprintf("org%d@sample.birge", i), "place": place.Code(), "sphere": th.sphere,
		"beneficiaries": strconv.Itoa(people), "starts": starts.String(), "ends": db.Day(y, m+time.Month(months), 0).String(),
		"a.find": say(finds), "a.volunteers": "yes", "a.trained": say(training)}
	f.row(typed, "groups", map[string]string{"code": th.group, "people": strconv.Itoa(people)})
	month := func(n int) string { return db.Day(y, m+time.Month(n), 1).String()[:7] }
	for k, a := range activities {
		from := k * (months - 1) / len(activities)
		f.row(typed, "activities", map[string]string{"name": say(a), "from": month(from), "to": month(max(from, (k+1)*(months-1)/len(activities)))})
	}
	f.row(typed, "indicators", map[string]string{"name": say(th.indicator), "unit": say(th.unit), "baseline": "0", "target": strconv.Itoa(people), "source": say(attendance)})
	staff := 1 + i%3
	for _, l := range []struct {
		category       string
		name, unit     i18n.Text
		quantity       int
		price, ownPart int
	}{
		{"pay", i18n.Text{KK: "Мамандардың еңбекақысы", RU: "Оплата труда специалистов"}, i18n.Text{KK: "адам-ай", RU: "чел.-мес."}, staff * months, 190_000 + 10_000*(i%4), 0},
		{"taxes", i18n.Text{KK: "Еңбекақыдан аударымдар", RU: "Отчисления с оплаты труда"}, i18n.Text{KK: "ай", RU: "мес."}, months, 21_500 * staff, 0},
		{"events", i18n.Text{KK: "Сабақтар мен кездесулер", RU: "Занятия и встречи"}, i18n.Text{KK: "іс-шара", RU: "меропр."}, 2 * months, 45_000, 0},
		{"equipment", i18n.Text{KK: "Жабдық жиынтығы", RU: "Комплект оборудования"}, i18n.Text{KK: "жиынтық", RU: "компл."}, staff, 320_000, 0},
		{"travel", i18n.Text{KK: "Ауылдарға бару", RU: "Поездки в сёла"}, i18n.Text{KK: "сапар", RU: "поездка"}, 2 * months, 28_000, 0},
		{"rent", i18n.Text{KK: "Бөлме жалдау", RU: "Аренда помещения"}, i18n.Text{KK: "ай", RU: "мес."}, months, 60_000, months * 60_000},
	} {
		row := map[string]string{"category": l.category, "name": say(l.name), "unit": say(l.unit), "quantity": strconv.Itoa(l.quantity), "price": strconv.Itoa(l.price)}
		if l.ownPart > 0 {
			row["own"] = strconv.Itoa(l.ownPart)
		}
		f.row(typed, "lines", row)
	}
	if partner := f.ngos[(i*13+5)%len(f.ngos)]; i%2 == 0 && partner.ID != org.ID {
		f.row(typed, "partners", map[string]string{"org": "Үлгі мектебі", "role": say(i18n.Text{KK: "орын береді", RU: "даёт помещение"})})
	}
	return typed
}

// row adds a row of a list.
func (f *giving) row(typed map[string]string, list string, fields map[string]string) {
	if f.rows == 0 {
		f.rows = ref.ID(f.today.In(f.Zone).UnixMilli()) << 16
	}
	f.rows++
	for name, v := range fields {
		typed[list+"."+f.rows.String()+"."+name] = v
	}
}

var needs = []i18n.Text{
	{KK: "Соңғы жылы көмекке %d адам жүгінді (%s әкімдігінің дерегі).", RU: "За последний год за помощью обратились %d человек (%s, данные акимата)."},
	{KK: "Сауалнамаға қатысқан %d тұрғынның жартысынан көбі осыны бірінші мәселе деп атады (%s).", RU: "Больше половины из %d опрошенных назвали это первой проблемой (%s)."},
	{KK: "Мұндай қызметтің ең жақын жері – облыс орталығы, ал %d отбасының көлігі жоқ (%s).", RU: "Ближайшая такая услуга – в областном центре, а у %d семей нет машины (%s)."},
}

var methods = []i18n.Text{
	{KK: "Алғашқы айда мектеп пен амбулатория арқылы топ жинаймыз. Содан кейін маман аптасына екі рет ауылға келіп, топпен және жеке жұмыс істейді. Әр тоқсанда нәтижені бірге талқылаймыз.", RU: "В первый месяц набираем группы через школу и амбулаторию. Затем специалист дважды в неделю приезжает в село, ведёт группы и принимает лично. Каждый квартал обсуждаем итоги вместе."},
	{KK: "Ауыл белсенділерінен үйлестіруші таңдалады, ол тізім жасап, кестені жүргізеді. Сабақтар қысқа, тәжірибеге негізделген, үйге жаттығу беріледі.", RU: "Из активных сельчан выбираем координатора: он ведёт список и расписание. Занятия короткие и практические, с заданием на дом."},
	{KK: "Үш ауылда бірдей бағдарлама жүреді, сондықтан нәтижені салыстыруға болады. Қатысқандардың жолы мен тамағы өтеледі.", RU: "В трёх сёлах идёт одна программа, поэтому итоги можно сравнить. Участникам оплачиваем дорогу и питание."},
}

var lastings = []i18n.Text{
	{KK: "Үйретілген екі жергілікті маман жұмысты ауылдық клубта тегін жалғастырады, жабдық мектепте қалады.", RU: "Двое обученных местных специалистов продолжат работу в сельском клубе, оборудование останется школе."},
	{KK: "Әдістеме ашық жарияланады, аудан әкімдігі бөлмені тегін береді.", RU: "Методика публикуется открыто, акимат района даёт помещение бесплатно."},
}

var risks = []i18n.Text{
	{KK: "Қыста жол жабылуы мүмкін: ондай күндері сабақ онлайн өтеді.", RU: "Зимой дороги могут закрыть: в такие дни занятия идут онлайн."},
	{KK: "Маман кетіп қалса, резервтегі екінші маман ауыстырады.", RU: "Если специалист уйдёт, его заменит второй из резерва."},
}

var teams = []i18n.Text{
	{KK: "Жоба жетекшісі – облыста осындай екі жобаны аяқтаған, бес жылдық тәжірибесі бар. Үйлестіруші мен есепші штатта.", RU: "Руководитель завершил в области два таких проекта, опыт пять лет. Координатор и бухгалтер в штате."},
	{KK: "Екі маман, үйлестіруші және он ерікті. Ұйым мектептермен бірге жұмыс істеп жүр.", RU: "Два специалиста, координатор и десять волонтёров. Организация давно работает со школами."},
}

var activities = []i18n.Text{
	{KK: "Қатысушыларды жинау, кесте бекіту", RU: "Набор участников и расписание"},
	{KK: "Апта сайынғы сабақтар мен қабылдау", RU: "Еженедельные занятия и приём"},
	{KK: "Қорытынды кездесу және есеп", RU: "Итоговая встреча и отчет"},
}

var (
	attendance = i18n.Text{KK: "қатысу парақтары", RU: "листы посещения"}
	finds      = i18n.Text{KK: "Ауыл әкімдігінің, мектеп пен амбулаторияның тізімдері арқылы, өздерінің келісімімен.", RU: "Через списки сельского акимата, школы и амбулатории, с согласия самих людей."}
	training   = i18n.Text{KK: "Жоба психологі екі күндік сабақ өткізеді, одан кейін айына бір рет кеңес береді.", RU: "Психолог проекта проводит двухдневный курс и потом раз в месяц консультирует."}
)
