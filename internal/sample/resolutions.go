package sample

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// decided is an item of the resolution of the sample's forum and what became of it,
// in days after the forum; 0 is that it did not happen.
type decided struct {
	text, measure         i18n.Text
	theme                 string
	owner                 int // place among the departments
	due                   int
	declined, begun, done int
	confirmed, disputed   int
	accepted              bool
}

// forumAgo is how many days ago the forum of the sample region adopted its resolution.
const forumAgo = 364

// forumItems are told as they would be at a forum: some kept, some late, some silent.
var forumItems = []decided{
	{text: i18n.Text{KK: "Шағын ауылдарда балаларға арналған үйірмелерге жыл сайын конкурс жариялау", RU: "Ежегодно объявлять конкурс на кружки для детей в малых сёлах", EN: "Call every year for clubs for children in small villages"},
		measure: i18n.Text{KK: "Кемінде бес ауылда үйірме ашылды", RU: "Кружки открыты не менее чем в пяти сёлах", EN: "Clubs are open in five villages at least"}, theme: "youth", owner: 0, due: 150, accepted: true, begun: 60, done: 120, confirmed: 125},
	{text: i18n.Text{KK: "Еріктілерді оқыту орталығын ашу", RU: "Открыть центр обучения волонтёров", EN: "Open a centre that trains volunteers"},
		measure: i18n.Text{KK: "Орталық жұмыс істейді, жүз ерікті оқыды", RU: "Центр работает, обучено сто волонтёров", EN: "The centre works, a hundred volunteers are trained"}, theme: "volunteering", owner: 1, due: 100, accepted: true, begun: 70, done: 160, confirmed: 170},
	{text: i18n.Text{KK: "Аудандарда ҮЕҰ-ларға арналған кеңес беру күндерін өткізу", RU: "Проводить в районах дни консультаций для НПО", EN: "Hold days of advice for NGOs in the districts"},
		measure: i18n.Text{KK: "Әр ауданда тоқсан сайын бір күн", RU: "День в квартал в каждом районе", EN: "A day a quarter in each district"}, theme: "civil_society", owner: 2, due: 200, accepted: true, begun: 210},
	{text: i18n.Text{KK: "Мүгедектігі бар адамдарға арналған әлеуметтік такси бағытын кеңейту", RU: "Расширить маршруты социального такси для людей с инвалидностью", EN: "Widen the routes of the social taxi for people with disabilities"},
		measure: i18n.Text{KK: "Такси барлық ауданда жүреді", RU: "Такси ходит во всех районах", EN: "The taxi runs in all districts"}, theme: "vulnerable", owner: 0, due: 180, accepted: true},
	{text: i18n.Text{KK: "Су жинау нүктелерінің жай-күйін жариялап отыру", RU: "Публиковать состояние пунктов забора воды", EN: "Publish the state of the places where water is drawn"},
		measure: i18n.Text{KK: "Деректер ай сайын жаңартылады", RU: "Данные обновляются каждый месяц", EN: "The data are renewed every month"}, theme: "environment", owner: 1, due: 130, accepted: true, begun: 50, done: 110, disputed: 118},
	{text: i18n.Text{KK: "ҮЕҰ үйін аудан орталығына көшіру", RU: "Перевести дом НПО в районный центр", EN: "Move the house of NGOs to a district centre"},
		measure: i18n.Text{KK: "Үй жаңа орында ашылды", RU: "Дом открыт на новом месте", EN: "The house is open in its new place"}, theme: "civil_society", owner: 2, due: 250, declined: 12},
	{text: i18n.Text{KK: "Жастар жобаларына үш жылдық грант енгізу", RU: "Ввести трёхлетние гранты для молодёжных проектов", EN: "Bring in grants for three years for projects of the young"},
		measure: i18n.Text{KK: "Алғашқы конкурс жарияланды", RU: "Объявлен первый конкурс", EN: "The first call is out"}, theme: "youth", owner: 0, due: 420, accepted: true, begun: 90},
	{text: i18n.Text{KK: "Қоғамдық кеңес отырыстарын тікелей көрсету", RU: "Показывать заседания общественного совета в прямом эфире", EN: "Show the sessions of the public council live"},
		measure: i18n.Text{KK: "Барлық ашық отырыс көрсетіледі", RU: "Показаны все открытые заседания", EN: "All open sessions are shown"}, theme: "service_quality", owner: 1, due: 240},
	{text: i18n.Text{KK: "Жабылған кітапханалардың кітаптарын ауылдарға қайтару", RU: "Вернуть в сёла книги закрытых библиотек", EN: "Give the books of closed libraries back to the villages"},
		measure: i18n.Text{KK: "Кітаптар кемінде он ауылда", RU: "Книги есть не менее чем в десяти сёлах", EN: "The books are in ten villages at least"}, theme: "culture", owner: 2, due: 300},
}

// planResolutions plans what the forum of the region decided and what became of it,
// and the document of the next forum.
func (t *teller) planResolutions() {
	var d resolutions.Document
	day := func(after int) db.Date { return t.today.AddDays(after - forumAgo) }
	t.plan(day(-20), func(ctx context.Context) (err error) {
		d, err = t.Resolutions.Begin(ctx, t.by, resolutions.NewDocument{Kind: resolutions.Resolution, PlaceID: t.region.ID, ForumID: t.pastForum.ID, Sample: true,
			Title: i18n.Text{KK: "Үлгі облысы азаматтық форумының қарары", RU: "Резолюция гражданского форума Учебной области", EN: "Resolution of the civic forum of the Sample region"},
			About: i18n.Text{KK: "Облыс форумына қатысушылар секцияларда талқылап, қабылдады.", RU: "Обсуждена в секциях и принята участниками форума области.", EN: "Discussed in the sections and adopted by the participants of the forum."}})
		return err
	})
	t.plan(day(0), func(ctx context.Context) error {
		return t.Resolutions.Adopt(ctx, t.by, d.ID, resolutions.Adoption{On: t.day()})
	})
	for n := range forumItems {
		t.planItem(&d, n, day)
	}
	var next resolutions.Document
	t.plan(t.today.AddDays(-30), func(ctx context.Context) (err error) {
		next, err = t.Resolutions.Begin(ctx, t.by, resolutions.NewDocument{Kind: resolutions.Resolution, PlaceID: t.region.ID, ForumID: t.runningForum.ID, PreviousID: d.ID, Sample: true,
			Title: i18n.Text{KK: "Үлгі облысының келесі азаматтық форумының қарары", RU: "Резолюция следующего гражданского форума Учебной области", EN: "Resolution of the next civic forum of the Sample region"}})
		return err
	})
	t.planProposals(&next)
	t.planPackage()
}

// planItem plans the life of one item.
func (t *teller) planItem(d *resolutions.Document, n int, day func(after int) db.Date) {
	x := forumItems[n]
	var id ref.ID
	t.plan(day(1), func(ctx context.Context) error {
		i, err := t.Resolutions.AddItem(ctx, t.by, d.ID, resolutions.NewItem{Text: x.text, ProposerOrg: t.ngos[n%3].ID,
			Ask: resolutions.Ask{Theme: x.theme, OwnerID: t.states[x.owner].ID, Due: day(x.due), Measure: x.measure, AnswerBy: day(20)}})
		id = i.ID
		return err
	})
	at := func(after int, do func(ctx context.Context) error) {
		if after > 0 {
			t.plan(day(after), do)
		}
	}
	if x.accepted {
		at(10, func(ctx context.Context) error {
			return t.Resolutions.Reply(ctx, t.by, id, 0, resolutions.Reply{Accept: true})
		})
	}
	at(x.declined, func(ctx context.Context) error {
		return t.Resolutions.Reply(ctx, t.by, id, 0, resolutions.Reply{Text: i18n.Text{KK: "Ғимарат облыстың меншігінде емес.", RU: "Здание не принадлежит области.", EN: "The building is not the region's."}})
	})
	at(x.begun, func(ctx context.Context) error {
		return t.Resolutions.Work(ctx, t.by, id, 0, i18n.Text{KK: "Жұмыс жоспары бекітілді, алғашқы кезеңі жүріп жатыр.", RU: "План работы утверждён, идёт первый этап.", EN: "The plan of work is approved, its first stage goes on."})
	})
	at(x.done, func(ctx context.Context) error {
		return t.Resolutions.Finish(ctx, t.by, id, 0, i18n.Text{KK: "Есеп пен қабылдау актісі жарияланды.", RU: "Опубликованы отчёт и акт приёмки.", EN: "The report and the act of acceptance are published."}, "")
	})
	at(x.confirmed, func(ctx context.Context) error { return t.Resolutions.Judge(ctx, t.by, id, 0, true, i18n.Text{}) })
	at(x.disputed, func(ctx context.Context) error {
		return t.Resolutions.Judge(ctx, t.by, id, 0, false, i18n.Text{KK: "Деректер тек бір рет жарияланған.", RU: "Данные опубликованы только один раз.", EN: "The data were published only once."})
	})
}
