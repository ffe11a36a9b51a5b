package ui

import (
	"time"

	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The examples of the style guide. Everything in them is invented.

// say is a sentence of the guide in the reader's language.
func (p Page) say(kk, ru, en string) string { return p.Text(i18n.Text{KK: kk, RU: ru, EN: en}) }

// exampleDay is the day on which the guide plays.
var exampleDay = time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)

var exampleTitle = i18n.Text{KK: "Ауыл мектептеріндегі жас экологтар мектебі", RU: "Школа юных экологов в сельских школах", EN: "Young ecologists in village schools"}

var exampleLong = i18n.Text{
	KK: "Ерекше қажеттіліктері бар балалар мен жасөспірімдерді және олардың ата-аналарын әлеуметтік-психологиялық қолдаудың өңірлік бағдарламасы",
	RU: "Региональная программа социально-психологического сопровождения детей и подростков с особыми потребностями и их родителей",
	EN: "Regional programme of social and psychological support for children and teenagers with special needs and their parents",
}

var exampleOrg = i18n.Text{KK: "«Жасыл дала» ҚҚ", RU: "ОФ «Жасыл дала»", EN: "“Zhasyl Dala” foundation"}

var exampleRussian = i18n.Only(i18n.RU, "Мастерская сельских ремесленников")

func exampleStatuses(p Page) []Cell {
	return []Cell{
		{Text: p.say("Орындалуда, 3 жылдың 2-жылы", "Выполняется, 2-й год из 3", "Running, year 2 of 3")},
		{Text: p.say("Аяқталды", "Завершён", "Completed"), Tone: Good},
		{Text: p.say("Келісім жасалуда", "Заключается договор", "Agreement being made"), Tone: Wait},
		{Text: p.say("Есеп 12 күнге кешікті", "Отчет просрочен на 12 дней", "Report 12 days late"), Tone: Late},
		{Text: p.say("Тоқтатылды", "Прекращён", "Terminated"), Tone: Quiet},
	}
}

func exampleFigures(p Page) []Figure {
	return []Figure{
		{Label: p.say("Үш жылдағы сома", "Сумма на три года", "Sum for three years"), Value: p.Money(3_640_000_000, ""), Note: p.say("биыл 12,1 млн", "12,1 млн в этом году", "12.1 m this year")},
		{Label: p.say("Жұмсалғаны", "Израсходовано", "Spent"), Value: p.Percent(58), Note: p.ShortMoney(2_110_000_000, ""), Why: "#tables"},
		{Label: p.say("Кешіккен есептер", "Просроченные отчеты", "Late reports"), Value: "3", Tone: Late},
		{Label: p.say("Волонтерлік сағат", "Часы волонтёров", "Volunteer hours")},
	}
}

func exampleThread(p Page) []Step {
	return []Step{
		{Title: p.say("Қажеттілік", "Потребность", "Need"), Path: "#thread", State: Done},
		{Title: p.say("Конкурс", "Конкурс", "Call"), Path: "#thread", State: Done},
		{Title: p.say("Шарт", "Договор", "Agreement"), Path: "#thread", State: Done},
		{Title: p.say("Орындау", "Выполнение", "Work"), State: Now, Note: p.say("2-жыл", "2-й год", "year 2")},
		{Title: p.say("Есеп", "Отчет", "Report")},
		{Title: p.say("Бағалау", "Оценка", "Assessment")},
	}
}

func exampleMoments(p Page) []Moment {
	return []Moment{
		{When: p.Date(exampleDay) + ", 15:00 · Жаңа ауыл", At: "2026-11-28T15:00:00+05:00", Title: p.say("Ашық сабақ және ағаш отырғызу", "Открытый урок и посадка лесополосы", "Open lesson and tree planting"), Text: p.say("Келіңіздер: кіру бәріне ашық.", "Приходите: вход открыт для всех.", "Come: everybody is welcome."), Tone: Wait},
		{When: p.Date(exampleDay.AddDate(0, 0, -16)), At: "2026-11-12", Title: p.say("Үйірмелер слеті", "Слёт кружков", "Gathering of the clubs"), Path: "#timeline", Text: p.say("86 қатысушы, 61-і растады", "86 участников, 61 подтвердили", "86 took part, 61 confirmed"), Tone: Good},
		{When: p.Date(exampleDay.AddDate(0, -1, 0)), At: "2026-10-28", Title: "Мастер-класс по ремёслам", Lang: i18n.RU},
		{When: p.Date(exampleDay.AddDate(0, -2, 0)), At: "2026-09-28", Title: p.say("Тексеру өткізілмеді", "Проверка не состоялась", "The visit did not take place"), Tone: Late},
	}
}

func exampleDebts(p Page) []Debt {
	customer := p.say("Тапсырыс беруші", "Заказчик", "Customer")
	return []Debt{
		{Who: customer, What: p.say("Аралық есепке жауап", "Ответ на промежуточный отчет", "Reply to the interim report"), Path: "#owed", Due: exampleDay.AddDate(0, 0, -3), DaysLeft: -3, Reply: p.say("Есеп толық емес, қосымша сұратылды.", "Отчет неполный, запрошены дополнения.", "The report is incomplete; more was asked for.")},
		{Who: p.Text(exampleOrg), What: p.say("IV тоқсан есебі", "Отчет за IV квартал", "Report for the fourth quarter"), Due: exampleDay.AddDate(0, 0, 5), DaysLeft: 5},
		{Who: customer, What: p.say("4-транш", "Транш 4", "Tranche 4"), Due: exampleDay.AddDate(0, 0, 22), DaysLeft: 22},
		{Who: p.Text(exampleOrg), What: p.say("Жылдық мәлімет", "Годовые сведения", "Yearly return"), Settled: p.say("орындалды", "исполнено", "done")},
	}
}

func exampleTasks(p Page) []Task {
	return []Task{
		{Title: p.say("III тоқсан есебін тапсыру", "Сдать отчет за III квартал", "Submit the report for the third quarter"), Path: "#desk", Note: p.Text(exampleTitle), Due: exampleDay.AddDate(0, 0, -2), DaysLeft: -2, Tone: Late},
		{Title: p.say("Іс-шараны растау", "Подтвердить мероприятие", "Confirm an event"), Path: "#desk", Due: exampleDay, DaysLeft: 0, Tone: Wait},
		{Title: p.say("Ұсынымға жауап беру", "Ответить на рекомендацию", "Reply to a recommendation"), Path: "#desk"},
	}
}

func exampleCards() []ref.Card {
	return []ref.Card{
		{Ref: ref.Ref{Kind: "project", Title: exampleTitle, Path: "/style"}, Status: "ui.guide.running", Facts: []ref.Fact{{Label: "ui.total", Plain: "36 400 000 ₸"}, {Label: "ui.guide.lead", Text: exampleOrg}}},
		{Ref: ref.Ref{Kind: "project", Title: exampleLong, Path: "/style"}, Status: "ui.guide.running", Tone: Late, Facts: []ref.Fact{{Label: "ui.guide.lead", Text: exampleRussian}}},
		{Ref: ref.Ref{Kind: "project", Title: exampleRussian, Path: "/style"}},
	}
}

func exampleFilters(p Page) Filters {
	return Filters{Path: "/style", Set: 2, Clear: "/style", Keep: []Pair{{"sort", "sum"}}, Groups: []FilterGroup{
		{Name: "place", Label: p.say("Орны", "Место", "Place"), Kind: Checkboxes, Choices: []Choice{
			{Value: "1", Label: p.say("Дала ауданы", "Степной район", "Steppe district"), Count: 42, HasCount: true, Selected: true},
			{Value: "2", Label: p.say("Жаңа ауыл", "Жаңа ауыл", "Zhana Auyl"), Count: 11, HasCount: true, Depth: 1},
			{Value: "3", Label: p.say("Көл ауданы", "Озёрный район", "Lake district"), Count: 31, HasCount: true},
			{Value: "4", Label: p.say("Тау ауданы", "Горный район", "Mountain district"), HasCount: true},
		}},
		{Name: "status", Label: p.say("Күйі", "Статус", "Status"), Kind: Radios, Choices: []Choice{
			{Label: p.say("Кез келген", "Любой", "Any")},
			{Value: "late", Label: p.say("Кешіккен", "Просрочен", "Late"), Count: 4, HasCount: true, Selected: true},
		}},
		{Name: "year", Label: p.say("Жыл", "Год", "Year"), Kind: Choose, Choices: []Choice{{Label: "—"}, {Value: "2026", Label: "2026", Count: 42, HasCount: true}}},
		{Name: "from", Label: p.say("Күннен бастап", "С даты", "From"), Kind: Typed, Type: "date"},
	}}
}

func exampleFound(p Page) []Found {
	line := p.Text(exampleOrg) + " · " + p.say("Дала ауданы · мемлекеттік әлеуметтік тапсырыс", "Степной район · государственный социальный заказ", "Steppe district · state social order")
	paid := p.say("Төленгені", "Выплачено", "Paid")
	s := exampleStatuses(p)
	return []Found{
		{Title: exampleTitle, Path: "/style", Line: line, Status: s[0].Text, Sum: p.Money(3_640_000_000, ""), HasShare: true, Share: 58, ShareLabel: paid},
		{Title: exampleLong, Path: "/style", Line: line, Status: s[3].Text, Tone: Late, Sum: p.Money(1_890_000_000, ""), HasShare: true, Share: 41, ShareLabel: paid},
		{Title: exampleRussian, Path: "/style", Line: line, Status: s[2].Text, Tone: Wait, Sum: p.Money(720_000_000, ""), HasShare: true, ShareLabel: paid},
	}
}

func examplePager(p Page) Pager {
	return Pager{
		Previous: "/style?page=1", Next: "/style?page=3", Summary: p.T("ui.of", "value", "21–40", "limit", 134),
		Pages: []Link{{Title: "1", Path: "/style?page=1"}, {Title: "2", Path: "/style?page=2", Current: true}, {Title: "3", Path: "/style?page=3"}, {}, {Title: "7", Path: "/style?page=7"}},
	}
}

func exampleSheet(p Page) Sheet {
	return Sheet{
		Caption: p.say("Уәде етілгені мен орындалғаны", "Что обещано и что сделано", "Promised and done"),
		Columns: []Column{{Label: p.T("ui.guide.indicator"), Sort: "/style?sort=name", Sorted: "ascending"}, {Label: p.say("Жоспар", "План", "Plan"), Num: true}, {Label: p.say("Нақты", "Факт", "Fact"), Num: true}, {Label: p.say("Барысы", "Ход", "Progress")}},
		Rows: [][]Cell{
			{{Text: p.say("Үйірмесі бар мектептер", "Школы с кружком", "Schools with a club"), Path: "#tables"}, {Text: "24"}, {Text: "17"}, {Show: Meter(p, p.say("Барысы", "Ход", "Progress"), 17, 24, "")}},
			{{Text: p.say("Курстан өткен балалар", "Дети, прошедшие курс", "Children who finished the course")}, {Text: "1 800"}, {Text: "1 284"}, {Show: Meter(p, p.say("Барысы", "Ход", "Progress"), 1284, 1800, "")}},
			{{Text: p.say("Жиналған қалдық, т", "Собрано отходов, т", "Waste collected, t")}, {Text: "90"}, {Text: "31", Tone: Late}, {Show: Meter(p, p.say("Барысы", "Ход", "Progress"), 31, 90, Wait)}},
		},
	}
}

func exampleSums(p Page) Sums {
	return Sums{
		Caption: p.say("Жылдар бойынша қаржы", "Деньги по годам", "Money by year"), Head: p.T("ui.guide.year"), Total: true,
		Columns: []string{p.say("Жоспар", "План", "Plan"), p.say("Төленді", "Выплачено", "Paid"), p.say("Расталды", "Подтверждено", "Confirmed")},
		Rows:    []SumRow{{"2025", "", []int64{1_210_000_000, 1_210_000_000, 1_196_000_000}}, {"2026", "", []int64{1_210_000_000, 910_000_000, 914_000_050}}, {"2027", "", []int64{1_220_000_000, 0, 0}}},
	}
}

func exampleBars(p Page) Chart {
	return Chart{
		Title: p.say("Салалар бойынша жобалар", "Проекты по направлениям", "Projects by sphere"), Head: p.T("ui.guide.sphere"),
		Labels: []string{p.say("Жастар саясаты және балалар бастамалары", "Молодёжная политика и детские инициативы", "Youth policy and children's initiatives"), p.say("Экология", "Экология", "Ecology"), p.say("Мәдениет", "Культура", "Culture"), p.say("Спорт", "Спорт", "Sport")},
		Series: []Series{{Name: p.T("ui.guide.projects"), Values: []float64{52, 31, 12, 0}, Paths: []string{"/style?sphere=youth"}}},
	}
}

func exampleLines(p Page) Chart {
	return Chart{
		Title: p.say("Ұйымдар саны", "Число организаций", "Number of organizations"), Head: p.T("ui.guide.year"), Source: p.say("ойдан алынған үлгі", "выдуманный пример", "an invented example"),
		Labels: []string{"2021", "2022", "2023", "2024", "2025", "2026"},
		Series: []Series{{Name: p.say("Қала", "Город", "Urban"), Values: []float64{310, 335, 352, None(), 401, 428}}, {Name: p.say("Ауыл", "Село", "Rural"), Values: []float64{120, 131, 150, 178, 214, 262}}},
	}
}

func exampleMap(p Page) Map {
	m := Map{
		Title: p.say("Өңірлердегі жобалар (үлгі)", "Проекты по регионам (пример)", "Projects by region (example)"),
		Head:  p.T("ui.guide.region"), ValueLabel: p.T("ui.guide.projects"),
	}
	for i, s := range layout {
		t := Tile{Code: s.code, Name: p.T("ui.tile." + s.code), Path: "/style?region=" + s.code, Selected: i == 3}
		if i != 7 {
			t.Value = float64((i*37)%100 + 4)
			t.Text = p.Int(int64(t.Value))
		}
		m.Tiles = append(m.Tiles, t)
	}
	return m
}

var exampleFaults = problem.Fields{
	"title.kk": {Key: "form.required"},
	"sum":      {Key: "form.not_money"},
	"to":       {Key: "form.not_a_date"},
	"kind":     {Key: "form.unknown_choice"},
}

func exampleFields(p Page) []Field {
	bad := exampleFaults
	return []Field{
		{Name: "name", Label: p.say("Жобаның атауы", "Название проекта", "Name of the project"), Hint: p.say("Адамға түсінікті, қысқа", "Коротко и понятно", "Short and plain"), Required: true, Max: 200},
		{Name: "sum", Label: p.say("Сомасы", "Сумма", "Sum"), Value: "12 млн", Fault: bad["sum"], Required: true},
		{Name: "to", Label: p.say("Аяқталу күні", "Дата окончания", "Last day"), Fault: bad["to"]},
		{Name: "kind", Label: p.say("Қаржыландыру түрі", "Вид финансирования", "Kind of funding"), Fault: bad["kind"], Required: true, Choices: exampleKinds(p)},
		{Name: "area", Label: p.say("Аумақ", "Территория", "Area"), Choices: []Choice{{Value: "urban", Label: p.say("Қала", "Город", "Urban"), Selected: true}, {Value: "rural", Label: p.say("Ауыл", "Село", "Rural")}}, Required: true},
		{Name: "about", Label: p.say("Сипаттама", "Описание", "About"), Rows: 3},
		{Name: "scan", Label: p.say("Шарттың көшірмесі", "Копия договора", "Copy of the agreement"), Hint: "PDF, 20 MB", Accept: ".pdf"},
		{Name: "agree", Label: p.say("Деректерді өңдеуге келісемін", "Согласен на обработку данных", "I agree to the use of my data"), Required: true},
	}
}

func exampleKinds(p Page) []Choice {
	return []Choice{{Label: "—"}, {Value: "order", Label: p.say("мемлекеттік әлеуметтік тапсырыс", "государственный социальный заказ", "state social order")}, {Value: "grant", Label: p.say("мемлекеттік грант", "государственный грант", "state grant")}}
}

func exampleTexts(p Page) Texts {
	return Texts{Name: "title", Label: p.say("Тақырыбы", "Заголовок", "Title"), Hint: p.say("Кемінде қазақша толтырылады", "Обязателен хотя бы казахский", "At least Kazakh is needed"), Value: i18n.Only(i18n.RU, exampleTitle.RU), Faults: exampleFaults, Required: []i18n.Lang{i18n.KK}}
}

func exampleConfirm(p Page) Confirm {
	return Confirm{
		Title: p.say("Өтінімді қайтарып аласыз ба?", "Отозвать заявку?", "Withdraw the application?"), Text: p.say("Мұны қайтару мүмкін емес.", "Вернуть её будет нельзя.", "It cannot be brought back."),
		Path: "/style", Button: p.say("Қайтарып алу", "Отозвать", "Withdraw"), Tone: Late, Cancel: "#confirm",
	}
}

// guideParts are the links to the parts of the guide.
func guideParts(p Page) []Link {
	return []Link{
		{Title: p.T("ui.guide.status"), Path: "#show"},
		{Title: p.T("ui.guide.timeline"), Path: "#timeline"},
		{Title: p.T("ui.guide.things"), Path: "#things"},
		{Title: p.T("ui.guide.list"), Path: "#list"},
		{Title: p.T("ui.guide.data"), Path: "#tables"},
		{Title: p.T("ui.guide.form"), Path: "#form"},
		{Title: p.T("ui.guide.questions"), Path: "#questions"},
	}
}

// exampleQuestions is a form of every type with a condition, a fault and a limit.
const exampleQuestions = `# about
kk: Жоба туралы
ru: О проекте
en: About the project
hint ru: Расскажите просто, как соседу.

goal: paragraph, required, 40 words, in kk ru
kk: Жобаның мақсаты қандай?
ru: Какова цель проекта?
en: What is the goal of the project?

name: text, 12 words
kk: Қысқаша атауы
ru: Короткое название
en: Short name

kind: choice, required
kk: Жобаның түрі
ru: Вид проекта
en: Kind of project
- festival | Фестиваль | Фестиваль | Festival
- course | Курс | Курс | Course

stage: yes_no, required
kk: Сахна керек пе?
ru: Нужна ли сцена?
en: Is a stage needed?
if: kind == "festival"

people: number, from 10 to 5000
kk: Қанша адам келеді?
ru: Сколько придёт людей?
en: How many people will come?
if: kind == "festival" and stage

# money
kk: Қаражат
ru: Деньги
en: Money

asked: money, required, to 5000000
kk: Сұралған сома
ru: Запрошенная сумма
en: Sum asked for

costs: table, required, to 8
kk: Неге жұмсалады?
ru: На что пойдут деньги?
en: What is the money for?
+ what: text | Не | Что | What
+ sum: money | Сомасы | Сумма | Sum

begins: date, from 2026-12-01
kk: Қашан басталады?
ru: Когда начнётся?
en: When does it begin?

groups: choices, from 1 to 2
kk: Кімдерге арналған?
ru: Для кого?
en: For whom?
- youth | Жастар | Молодёжь | Youth
- elders | Қарттар | Пожилые | Elders
- rural | Ауыл тұрғындары | Жители сёл | Villagers

charter: file, documents pictures, to 3, blind
kk: Жарғы
ru: Устав
en: Charter

agree: statement, required
kk: Ережелерді оқыдым және келісемін
ru: С правилами ознакомлен и согласен
en: I have read the rules and agree
`

func exampleFilling() Filling {
	f, err := forms.Parse(exampleQuestions)
	if err != nil {
		panic(err) // the example is part of the program
	}
	return Filling{
		Form: f, Faults: problem.Fields{"a.asked": {Key: "form.not_money"}, "a.costs.0.sum": {Key: "form.not_money"}, "a.goal.kk": {Key: "form.required"}},
		Answers: forms.Answers{
			"goal": {In: i18n.Only(i18n.RU, exampleLong.RU)}, "name": {Text: "Жас экологтар"}, "kind": {Text: "festival"}, "stage": {Text: "yes"}, "people": {Text: "250"}, "asked": {Text: "миллион"},
			"costs": {Rows: [][]string{{"Сцена", "сто"}, {"Жарық", "120000"}}}, "groups": {Codes: []string{"youth"}}, "charter": {Files: []forms.Kept{{ID: 1, Name: "Жарғы.pdf"}}},
		},
	}
}

func exampleAnswered() Answered {
	f := exampleFilling()
	a := f.Answers
	a["asked"] = forms.Answer{Text: "1250000"}
	a["costs"] = forms.Answer{Rows: [][]string{{"Сцена", "1130000"}, {"Жарық", "120000"}}}
	a["begins"] = forms.Answer{Text: "2026-12-20"}
	return Answered{Form: f.Form, Answers: a, Blind: true}
}
