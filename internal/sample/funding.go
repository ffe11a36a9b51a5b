package sample

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// planFunding plans how the region gives money this year: topics that people
// proposed, pots, a call that has led to running projects, one that experts mark,
// one that is being checked, one that is open, and two of a business: one decided,
// one announced.
func (t *teller) planFunding() {
	f := &giving{teller: t, body: t.programmes[0].FunderID, year: t.today.AddDays(startsAfter).Year()}
	for _, s := range []struct {
		ago int
		do  func(ctx context.Context) error
	}{
		{thankAt + 5, f.enrolWriters}, {thankAt + 5, f.enrolJury}, {thankAt, f.giveThanks}, {275, f.askFirst}, {206, f.setAsideFirst}, {206, f.approveFirst}, {204, f.buildForm}, {200, f.askLast}, {197, f.callOwn},
		{150, f.giveAwards}, {120, f.setAside}, {110, f.approve}, {80, f.callCrafts}, {52, f.callCare},
		{34, f.callRelief}, {20, f.callYoung}, {12, f.openAward}, {9, f.askNow}, {3, f.callCreative},
	} {
		t.plan(t.today.AddDays(-s.ago), s.do)
	}
}

// startsAfter is in how many days the work begins for which applications are made
// now: in the month of that day.
const startsAfter = 60

// million is a million tenge in tiyn.
const million = 1_000_000 * tiyn

// giving is the money of the region while it is told.
type giving struct {
	*teller
	body   ref.ID // who pays
	year   int    // whose budget it is
	writer ref.ID // who writes for the organizations that apply
	// officer is who acts for the body.
	officer access.Actor
	asked   []funding.Topic // that call answers them
	topics  []funding.Topic
	first   funding.Pot // of the call that has led to projects
	pot     funding.Pot
	form    funding.Form
	jury    jury
	rows    ref.ID // the last row of a list in an application
}

// speaker is the sample speaking for an organization that applies.
func (f *giving) speaker(org ref.ID) access.Actor {
	a := f.by
	a.UserID = f.writer
	a.Grants = []access.Grant{{Role: access.Lead, Scope: org}}
	return a.As(access.Lead, org)
}

// worthy is the first organization from the n-th on that meets what the calls ask.
func (f *giving) worthy(n int) orgs.Organization {
	for {
		o := f.ngos[n%len(f.ngos)]
		if o.Closed.IsZero() && !o.Founded.IsZero() && o.Founded.Before(f.today.AddDays(-700)) {
			return o
		}
		n++
	}
}

// enrolWriters has one person write for all organizations that apply, and an
// officer act for the body.
func (f *giving) enrolWriters(ctx context.Context) error {
	writer, err := f.enrol(ctx, "Үлгі өтінім жазушы", "writer@sample.birge", "")
	if err != nil {
		return err
	}
	f.writer = writer.UserID
	if f.officer, err = f.enrol(ctx, "Үлгі қызметкер", "officer@sample.birge", "officer of the region"); err != nil {
		return err
	}
	f.officer.Grants = []access.Grant{{Role: access.Officer, Scope: f.region.ID}}
	_, err = f.Accounts.GiveRole(ctx, f.by, f.officer.UserID, access.Officer, f.region.Ref())
	return err
}

// askFirst takes the topics that the call which has led to projects answers.
func (f *giving) askFirst(ctx context.Context) error {
	today := f.day()
	w, err := f.Funding.OpenWindow(ctx, f.by, funding.Window{BodyID: f.body, PlaceID: f.region.ID, Kind: projects.StateSocialOrder, Year: f.ownBegins().Year(),
		Opens: today, Closes: today.AddDays(35), Sample: true})
	if err != nil {
		return err
	}
	for i, x := range firstTopics {
		f.plan(today.AddDays(6+5*i), func(ctx context.Context) error { return f.propose(ctx, w, 23+5*i, x, &f.asked) })
	}
	return nil
}

// approveFirst puts these topics on the list and gives them their money.
func (f *giving) approveFirst(ctx context.Context) error {
	sums, paid := funding.Sums{}, []ref.ID{}
	for i, sum := range []int64{20 * million, 14 * million} {
		sums[f.asked[i].ID] = sum
		paid = append(paid, f.asked[i].ID)
	}
	if err := f.Funding.ApproveTopics(ctx, f.by, sums); err != nil {
		return err
	}
	return f.Funding.FundTopics(ctx, f.by, f.first.ID, paid)
}

// answers names the topics that a call answers.
func answers(list []funding.Topic) (ids []ref.ID) {
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	return ids
}

// answered is the topic of a call in a sphere, 0 where it has none.
func (f *giving) answered(c funding.Call, sphere string) ref.ID {
	for _, t := range slices.Concat(f.asked, f.topics) {
		if slices.Contains(c.TopicIDs, t.ID) && t.Sphere == sphere {
			return t.ID
		}
	}
	return 0
}

// askLast takes topics for the budget of the year; they are answered within the
// term, and those that are approved are published with their sums.
func (f *giving) askLast(ctx context.Context) error {
	today := f.day()
	w, err := f.Funding.OpenWindow(ctx, f.by, funding.Window{BodyID: f.body, PlaceID: f.region.ID, Kind: projects.StateSocialOrder, Year: f.year,
		Opens: today, Closes: today.AddDays(35), Sample: true, About: i18n.Text{
			KK: "Ауыл мен аудан тұрғындарын толғандыратын мәселелерді ұсыныңыз.", RU: "Предложите, что волнует жителей сёл и районов.", EN: "Propose what concerns people in villages and districts."}})
	if err != nil {
		return err
	}
	for i, x := range lastTopics {
		f.plan(today.AddDays(5+4*i), func(ctx context.Context) error { return f.propose(ctx, w, 11+7*i, x, &f.topics) })
	}
	return nil
}

// askNow takes topics for the budget after that; the first have come.
func (f *giving) askNow(ctx context.Context) error {
	today := f.day()
	w, err := f.Funding.OpenWindow(ctx, f.by, funding.Window{BodyID: f.body, PlaceID: f.region.ID, Kind: projects.StateSocialOrder, Year: f.year + 1,
		Opens: today, Closes: today.AddDays(41), Sample: true})
	if err != nil {
		return err
	}
	for i, x := range newTopics {
		f.plan(today.AddDays(2+2*i), func(ctx context.Context) error { return f.propose(ctx, w, 60+7*i, x, &f.topics) })
	}
	return nil
}

// told is a topic of the sample: what it is about, and what the body answers.
type told struct {
	theme  int
	people int64
	years  int
	sum    int64 // tiyn
	answer funding.TopicState
	reason i18n.Text
}

var firstTopics = []told{
	{4, 700, 1, 22 * million, funding.TopicAccepted, i18n.Text{KK: "Ауылда қарттарға көмек жоқ екенін әкімдіктің дерегі растады.", RU: "Данные акиматов подтвердили: помощи пожилым в сёлах нет.", EN: "The akimats' data bear out that villages have no help for older people."}},
	{9, 200, 1, 15 * million, funding.TopicAccepted, i18n.Text{KK: "Жұмыспен қамту орталығының дерегіне сай келеді.", RU: "Соответствует данным центра занятости.", EN: "It agrees with what the employment centre knows."}},
}

var lastTopics = []told{
	{8, 2400, 1, 18 * million, funding.TopicAccepted, i18n.Text{KK: "Мәселе бес ауданда да бар, тізімге енгізілді.", RU: "Проблема есть во всех пяти районах, тема внесена в список.", EN: "Five districts have the problem; the topic is on the list."}},
	{4, 900, 2, 26 * million, funding.TopicAccepted, i18n.Text{KK: "Облыстың белсенді ұзақ өмір жоспарына сай келеді.", RU: "Отвечает областному плану активного долголетия.", EN: "It fits the region's plan for active ageing."}},
	{7, 600, 2, 30 * million, funding.TopicAccepted, i18n.Text{KK: "Қабылданды: қаржысы келесі жылғы бюджетте қаралады.", RU: "Принята: деньги рассмотрят в бюджете следующего года.", EN: "Accepted; the money will be looked for in the next budget."}},
	{11, 5000, 1, 40 * million, funding.TopicDeclined, i18n.Text{KK: "Бұл қызметті ветеринария басқармасы мемлекеттік сатып алу арқылы қаржыландырады.", RU: "Эту услугу оплачивает управление ветеринарии через государственные закупки.", EN: "The veterinary department pays for this by public procurement."}},
	{8, 300, 1, 9 * million, funding.TopicMerged, i18n.Text{KK: "Осы салада қабылданған тақырыппен біріктірілді.", RU: "Объединена с принятой темой той же сферы.", EN: "Joined with the accepted topic of the same sphere."}},
}

var newTopics = []told{
	{5, 1500, 1, 14 * million, "", i18n.Text{}},
	{9, 260, 2, 22 * million, funding.TopicAccepted, i18n.Text{KK: "Жұмыспен қамту орталықтарының дерегі мәселені растайды.", RU: "Данные центров занятости подтверждают проблему.", EN: "What the employment centres know bears it out."}},
	{12, 800, 1, 8 * million, "", i18n.Text{}},
}

// propose has an organization propose a topic, which is answered a few days later;
// it is noted in kept.
func (f *giving) propose(ctx context.Context, w funding.Window, i int, x told, kept *[]funding.Topic) error {
	th, by := themes[x.theme], f.ngos[i%len(f.ngos)]
	place := f.villages[f.districts[1+i%(len(f.districts)-1)].ID][i/2%6]
	topic, err := f.Funding.ProposeTopic(ctx, f.speaker(by.ID), funding.NewTopic{WindowID: w.ID, ByOrg: by.ID, Sample: true, Need: funding.Need{
		Title:   i18n.Text{KK: th.title.KK + ": " + place.Name.KK, RU: th.title.RU + ": " + place.Name.RU, EN: th.title.EN + ": " + place.Name.EN},
		Problem: th.need, Result: th.summary, Groups: []string{th.group}, People: x.people, PlaceID: place.ID, Sphere: th.sphere, Years: x.years, Sum: x.sum,
		Evidence:   i18n.Text{KK: fmt.Sprintf("Ауыл жиынында %d тұрғыннан сауалнама алынды, әкімдіктің дерегі қоса берілді.", 40+i), RU: fmt.Sprintf("На сходе опрошено %d жителей, приложены данные акимата.", 40+i), EN: fmt.Sprintf("%d residents were asked at a gathering; the akimat gave its data.", 40+i)},
		Indicators: []projects.Indicator{{Name: th.indicator, Unit: th.unit, Baseline: projects.NumberOf(0), Target: projects.NumberOf(int64(th.target*x.years) * projects.Thousandth)}}}})
	if err != nil {
		return fmt.Errorf("topic: %w", err)
	}
	*kept = append(*kept, topic)
	if x.answer == "" {
		return nil
	}
	f.plan(f.day().AddDays(1+i%5), func(ctx context.Context) error {
		r := funding.Review{State: x.answer, Reason: x.reason}
		if x.answer == funding.TopicMerged {
			r.Into = f.topics[0].ID
		}
		_, err := f.Funding.ReviewTopic(ctx, f.by, topic.ID, 0, r)
		return err
	})
	return nil
}

// setAside makes the pot of three years.
func (f *giving) setAside(ctx context.Context) (err error) {
	years := []funding.PotYear{{Year: f.year, Ceiling: 110 * million}, {Year: f.year + 1, Ceiling: 115 * million, ApproveBy: db.Day(f.year, time.December, 20)}}
	if now := f.day().Year(); now < f.year {
		years = append([]funding.PotYear{{Year: now, Ceiling: 96 * million}}, years...)
	}
	f.pot, err = f.Funding.CreatePot(ctx, f.by, funding.Pot{ProgrammeID: f.programmes[0].ID, PlaceID: f.region.ID, Kind: projects.StateSocialOrder, DistrictShare: 60, Sample: true, Years: years,
		Title: i18n.Text{KK: "Әлеуметтік тапсырысқа бөлінген қаржы", RU: "Деньги на социальный заказ", EN: "Money for the social order"}})
	return err
}

// approve has the money of the year voted and given to the topics that were approved.
func (f *giving) approve(ctx context.Context) (err error) {
	sums, paid := funding.Sums{}, []ref.ID{}
	for i, sum := range []int64{18 * million, 24 * million} {
		sums[f.topics[i].ID] = sum
		paid = append(paid, f.topics[i].ID)
	}
	if err := f.Funding.ApproveTopics(ctx, f.by, sums); err != nil {
		return err
	}
	if f.pot, err = f.Funding.ApproveYear(ctx, f.by, f.pot.ID, f.pot.Version, funding.Approval{Year: f.year, Sum: 110 * million, On: f.day(), Act: fmt.Sprintf("Мәслихаттың шешімі, № %d/1", f.year)}); err != nil {
		return err
	}
	return f.Funding.FundTopics(ctx, f.by, f.pot.ID, paid)
}

// buildForm makes the questions that the body asks beside those of the portal.
func (f *giving) buildForm(ctx context.Context) (err error) {
	title := i18n.Text{KK: "Әлеуметтік тапсырыс: қосымша сұрақтар", RU: "Социальный заказ: дополнительные вопросы", EN: "Social order: further questions"}
	if f.form, err = f.Funding.CreateForm(ctx, f.by, funding.NewForm{OwnerID: f.body, Title: title, Text: questions, Sample: true}); err != nil {
		return err
	}
	v, err := f.Funding.PublishForm(ctx, f.by, f.form.ID, 1, title)
	f.form.Newest = v.No
	return err
}

const questions = `# people
kk: Адамдармен жұмыс
ru: Работа с людьми
en: Work with people

find: paragraph, required, 120 words
kk: Көмекке мұқтаж адамдарды қалай табасыз?
ru: Как вы найдёте тех, кому нужна помощь?
en: How will you find those who need help?

volunteers: yes_no, required
kk: Жобаға еріктілер қатыса ма?
ru: Участвуют ли в проекте волонтёры?
en: Do volunteers take part?

trained: paragraph, required, 80 words
kk: Еріктілерді кім және қалай үйретеді?
ru: Кто и как обучит волонтёров?
en: Who trains the volunteers, and how?
if: volunteers
`

// terms are what the calls of the body have in common.
func (f *giving) terms(title, about i18n.Text, from, to db.Date, sum int64, spheres ...string) funding.Terms {
	return funding.Terms{Kind: projects.StateSocialOrder, ProgrammeID: f.programmes[0].ID, PotID: f.pot.ID, PlaceID: f.region.ID, Title: title, About: about, Spheres: spheres,
		Who:    i18n.Text{KK: "Облыста тіркелген, кемінде бір жыл жұмыс істейтін үкіметтік емес ұйымдар.", RU: "Неправительственные организации области, которые работают не меньше года.", EN: "Non-governmental organizations of the region that have worked for a year at least."},
		Rounds: []funding.Round{{Opens: db.At(from.In(f.Zone).Add(10 * time.Hour)), Closes: db.At(to.In(f.Zone).Add(18 * time.Hour)), Sum: sum, Year: f.year}},
		MinSum: 2 * million, MaxSum: 12 * million, MinMonths: 6, MaxMonths: 24, DistrictShare: 60, PerOrg: 2, WinsPerOrg: 1, Eligibility: funding.Ready(f.region)[:3],
		FormID: f.form.ID, FormVersion: f.form.Newest, Criteria: criteria, Threshold: 70, PerWork: 3, Spread: 30, Names: panels.NamesNever,
		BudgetNorms: []funding.BudgetNorm{{Category: "equipment", MaxShare: 25, Reason: i18n.Text{KK: "Қаржы ең алдымен қызметке жұмсалады.", RU: "Деньги идут прежде всего на услуги.", EN: "The money is for services first of all."}}},
		Papers:      []funding.Paper{{Name: i18n.Text{KK: "Серіктестің қолдау хаты", RU: "Письмо поддержки партнёра", EN: "Letter of support of a partner"}}},
		Contacts:    i18n.Text{KK: "Ішкі саясат басқармасы, 4-кабинет, call@sample.birge", RU: "Управление внутренней политики, кабинет 4, call@sample.birge", EN: "Department of Internal Policy, room 4, call@sample.birge"}}
}

var criteria = []panels.Criterion{
	{Code: "need", Weight: 30, Max: 10, Name: i18n.Text{KK: "Мәселенің өзектілігі", RU: "Значимость проблемы", EN: "Weight of the problem"},
		About: i18n.Text{KK: "Мәселе қаншалықты нақты және дерекпен дәлелденген?", RU: "Насколько проблема конкретна и подтверждена данными?", EN: "How concrete is the problem, and how well shown?"},
		Scale: []panels.Step{{Score: 0, Text: i18n.Text{KK: "дәлел жоқ", RU: "доказательств нет", EN: "nothing shows it"}}, {Score: 5, Text: i18n.Text{KK: "сипатталған, дерек аз", RU: "описана, данных мало", EN: "told, with few data"}}, {Score: 10, Text: i18n.Text{KK: "дерекпен дәлелденген", RU: "подтверждена данными", EN: "shown by data"}}}},
	{Code: "method", Weight: 30, Max: 10, Name: i18n.Text{KK: "Жұмыс тәсілі мен күтілетін нәтиже", RU: "Способ работы и ожидаемый результат", EN: "Way of work and expected result"},
		Scale: []panels.Step{{Score: 0, Text: i18n.Text{KK: "нәтижеге қалай жететіні түсініксіз", RU: "неясно, как будет достигнут результат", EN: "unclear how it leads to the result"}}, {Score: 10, Text: i18n.Text{KK: "қадамдар анық, көрсеткіштер өлшенеді", RU: "шаги ясны, показатели измеримы", EN: "clear steps and measurable indicators"}}}},
	{Code: "team", Weight: 20, Max: 10, Name: i18n.Text{KK: "Команданың тәжірибесі", RU: "Опыт команды", EN: "Experience of the team"}},
	{Code: "budget", Weight: 20, Max: 10, Name: i18n.Text{KK: "Шығыстардың негізділігі", RU: "Обоснованность расходов", EN: "Grounds of the budget"}},
}

// publish brings a call of the sample out.
func (f *giving) publish(ctx context.Context, funder ref.ID, terms funding.Terms) (c funding.Call, err error) {
	if c, err = f.Funding.CreateCall(ctx, f.by, funding.NewCall{FunderID: funder, Terms: terms, Sample: true}); err != nil {
		return c, fmt.Errorf("call: %w", err)
	}
	if c, err = f.Funding.PublishCall(ctx, f.by, c.ID, c.Version); err != nil {
		return c, fmt.Errorf("call: %w", err)
	}
	return c, nil
}

// callRelief is the call whose round has closed: it is in the formal check.
func (f *giving) callRelief(ctx context.Context) error {
	from := f.day().AddDays(1)
	terms := f.terms(
		i18n.Text{KK: "Көмек қасымызда: ауыл тұрғындарына қызметтер", RU: "Помощь рядом: услуги для жителей сёл", EN: "Help nearby: services for villages"},
		i18n.Text{KK: "Қарттарға, ерекше қажеттілігі бар балаларға, жұмыссыздарға ауданда жоқ қызметтерді алып баратын жобаларға. Маман көшіп жүріп қызмет көрсететін жобалар артық көріледі.",
			RU: "Для проектов, которые приносят в районы недостающие услуги: пожилым, детям с особыми потребностями, безработным. Ценятся проекты с выездом специалистов.",
			EN: "For projects that bring missing services to districts: to older people, children with special needs, people out of work. Visiting specialists are welcome."},
		from, from.AddDays(22), 45*million, "vulnerable", "rights", "health", "employment", "gender")
	terms.TopicIDs = answers(f.topics[:2])
	c, err := f.publish(ctx, f.body, terms)
	if err != nil {
		return err
	}
	applicants := []int{0, 3, 17, 29, 41, 53, 65, 77, 89}
	topics := []int{4, 3, 8, 5, 9, 14, 4, 8, 3}
	handed := make([]funding.Application, len(applicants))
	for i, n := range applicants {
		f.plan(from.AddDays(5+2*i), func(ctx context.Context) (err error) {
			handed[i], err = f.apply(ctx, c, f.worthy(n), topics[i], i, f.today.AddDays(startsAfter))
			return err
		})
	}
	f.plan(from.AddDays(21), func(ctx context.Context) error {
		_, err := f.Funding.WithdrawApplication(ctx, f.speaker(handed[8].OrgID), handed[8].ID, 0, i18n.Text{KK: "Серіктес мектеп жөндеуге жабылды.", RU: "Школа-партнёр закрылась на ремонт.", EN: "The partner school closed for repair."})
		return err
	})
	f.plan(from.AddDays(26), func(ctx context.Context) error {
		_, err := f.Funding.Deal(ctx, f.by, funding.Batch{CallID: c.ID, Act: funding.BatchAdmit, Entries: []funding.BatchItem{{ApplicationID: handed[1].ID}, {ApplicationID: handed[2].ID}, {ApplicationID: handed[3].ID}}})
		return err
	})
	f.plan(from.AddDays(28), func(ctx context.Context) error { return f.check(ctx, c, handed) })
	return nil
}

// check refuses one application and returns another for correction.
func (f *giving) check(ctx context.Context, c funding.Call, handed []funding.Application) error {
	var items []funding.CheckItem
	for _, code := range funding.CheckCodes(c.Terms) {
		items = append(items, funding.CheckItem{Code: code, OK: true})
	}
	for i := range items {
		if items[i].Code == funding.CheckApplicant {
			items[i].OK = false
			items[i].Reason = i18n.Text{KK: "Жарғыда әлеуметтік қызмет көрсету мақсаты көзделмеген.", RU: "Устав не предусматривает социальных услуг.", EN: "The charter does not provide for social services."}
		}
	}
	if _, err := f.Funding.Refuse(ctx, f.by, handed[4].ID, 0, items); err != nil {
		return err
	}
	_, err := f.Funding.ReturnApplication(ctx, f.by, handed[5].ID, 0, []funding.Mend{{Field: "need", Note: i18n.Text{KK: "Қамтылатын адам санының дереккөзін көрсетіңіз.", RU: "Укажите источник числа людей, которых охватит проект.", EN: "Say where the number of people comes from."}}})
	return err
}

// callYoung is the call that is open.
func (f *giving) callYoung(ctx context.Context) error {
	from := f.day().AddDays(1)
	c, err := f.publish(ctx, f.body, f.terms(
		i18n.Text{KK: "Жастар, мәдениет және табиғат: аудандағы бастамалар", RU: "Молодёжь, культура и природа: инициативы районов", EN: "Youth, culture and nature: initiatives of districts"},
		i18n.Text{KK: "Ауыл жастарының ісіне, қолөнер мен табиғатты қорғауға арналған бір жылдық жобаларға.", RU: "Для годовых проектов о делах сельской молодёжи, ремёслах и охране природы.", EN: "For projects of a year about young villagers, crafts and nature."},
		from, f.today.AddDays(16), 50*million, "environment", "youth", "culture", "volunteering", "heritage"))
	if err != nil {
		return err
	}
	for i, n := range []int{6, 23} {
		f.plan(from.AddDays(8+5*i), func(ctx context.Context) error {
			_, err := f.apply(ctx, c, f.worthy(n), []int{0, 6}[i], 20+i, f.today.AddDays(startsAfter))
			return err
		})
	}
	for i, n := range []int{0, 35, 47} {
		f.plan(from.AddDays(10+3*i), func(ctx context.Context) error {
			org, lang := f.worthy(n), langOf(i)
			d, err := f.Funding.Begin(ctx, f.speaker(org.ID), c.ID, org.ID)
			if err != nil {
				return err
			}
			return f.write(ctx, d, first(f.application(org, []int{2, 10, 12}[i], 30+i, lang, f.today.AddDays(startsAfter)), "lang", "title.kk", "title.ru", "summary.kk", "summary.ru", "sphere", "place", "need", "contact.name", "contact.mail"))
		})
	}
	f.plan(from.AddDays(9), func(ctx context.Context) error {
		terms := c.Terms
		terms.Contacts = i18n.Text{KK: "Ішкі саясат басқармасы, 6-кабинет, call@sample.birge", RU: "Управление внутренней политики, кабинет 6, call@sample.birge", EN: "Department of Internal Policy, room 6, call@sample.birge"}
		_, err := f.Funding.ReviseCall(ctx, f.by, c.ID, 0, funding.Change{Terms: terms, Reason: i18n.Text{KK: "Бөлім басқа кабинетке көшті.", RU: "Отдел переехал в другой кабинет.", EN: "The office moved to another room."}})
		return err
	})
	return nil
}

// callCreative is the call that a business has announced, on its own terms.
func (f *giving) callCreative(ctx context.Context) error {
	terms := f.terms(
		i18n.Text{KK: "Креативті ауыл: шағын гранттар", RU: "Креативное село: малые гранты", EN: "Creative village: small grants"},
		i18n.Text{KK: "Компания ауылдағы қолөнер, дизайн және сандық шығармашылықты қолдайды.", RU: "Компания поддерживает ремёсла, дизайн и цифровое творчество в сёлах.", EN: "The company supports crafts, design and digital arts in villages."},
		f.today.AddDays(12), f.today.AddDays(40), 12*million, "culture", "youth")
	terms = byItself(terms)
	terms.MaxSum, terms.MaxMonths, terms.OwnShare = 3*million, 12, 10
	_, err := f.publish(ctx, f.sponsors[0].ID, terms)
	return err
}

// langOf is the language in which the i-th application is written.
func langOf(i int) i18n.Lang { return []i18n.Lang{i18n.KK, i18n.RU}[i%2] }

// apply writes an application and hands it in.
func (f *giving) apply(ctx context.Context, c funding.Call, org orgs.Organization, theme, i int, begins db.Date) (a funding.Application, err error) {
	by := f.speaker(org.ID)
	d, err := f.Funding.Begin(ctx, by, c.ID, org.ID)
	if err != nil {
		return a, fmt.Errorf("application %d: %w", i, err)
	}
	typed := f.application(org, theme, i, langOf(i), begins)
	if t := f.answered(c, themes[theme].sphere); t != 0 {
		typed["topic"] = t.String()
	}
	if err := f.write(ctx, d, typed); err != nil {
		return a, fmt.Errorf("application %d: %w", i, err)
	}
	if i%3 == 0 && len(c.Papers) > 0 {
		text := "Біз бұл жобаны қолдаймыз және орын береміз. Мы поддерживаем этот проект и даём помещение.\nҮлгі мектебі. Бұл құжат үлгі деректерден жасалған. Документ составлен из учебных данных.\n"
		paper, err := f.Files.Check(ctx, "support.txt", bytes.NewReader([]byte(text)), files.Documents, funding.MaxDraftPaper)
		if err != nil {
			return a, err
		}
		if err := f.Funding.AddDraftPaper(ctx, by, d.ID, 1, paper); err != nil {
			return a, err
		}
	}
	if a, err = f.Funding.Submit(ctx, by, d.ID); err != nil {
		return a, fmt.Errorf("application %d: %w", i, err)
	}
	return a, nil
}

func (f *giving) write(ctx context.Context, d funding.ApplicationDraft, typed map[string]string) error {
	var edits []funding.Edit
	for name, v := range typed {
		edits = append(edits, funding.Edit{Name: name, Values: []string{v}})
	}
	saved, err := f.Funding.Write(ctx, f.speaker(d.OrgID), d.ID, edits)
	if err == nil && len(saved.Faults) > 0 {
		err = saved.Faults.Err()
	}
	return err
}

// first keeps some of what was typed.
func first(typed map[string]string, names ...string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[name] = typed[name]
	}
	return out
}
