package sample

import (
	"context"
	"fmt"

	"birge/internal/funding"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/projects"
)

// ownApplicants are the organizations that apply for the call that has led to
// projects; the first is the one whose people sign in.
var ownApplicants = []int{0, 5, 13, 21, 31, 43, 57, 67, 73, 83}

// setAsideFirst makes the pot of the call that has led to projects, and has its
// money voted.
func (f *giving) setAsideFirst(ctx context.Context) (err error) {
	year := f.ownBegins().Year()
	if f.first, err = f.Funding.CreatePot(ctx, f.by, funding.Pot{ProgrammeID: f.programmes[0].ID, PlaceID: f.region.ID, Kind: projects.StateSocialOrder, DistrictShare: 60, Sample: true,
		Years: []funding.PotYear{{Year: year, Ceiling: 48 * million}},
		Title: i18n.Text{KK: "Тұрғындар бастамасына бөлінген қаржы", RU: "Деньги на инициативы жителей", EN: "Money for initiatives of residents"}}); err != nil {
		return fmt.Errorf("pot: %w", err)
	}
	f.first, err = f.Funding.ApproveYear(ctx, f.by, f.first.ID, f.first.Version, funding.Approval{Year: year, Sum: 45 * million, On: f.day(), Act: fmt.Sprintf("Мәслихаттың шешімі, № %d/4", year)})
	return err
}

// ownBegins is when the projects of that call begin: in the month of this day.
func (f *giving) ownBegins() db.Date { return f.today.AddDays(-85) }

// callOwn is the call that has gone the whole way: its projects are running.
func (f *giving) callOwn(ctx context.Context) error {
	terms := f.callTerms(
		i18n.Text{KK: "Ауыл өз күшімен: тұрғындардың бастамалары", RU: "Село своими силами: инициативы жителей", EN: "Villages on their own: initiatives of residents"},
		i18n.Text{KK: "Тұрғындардың өздері бастаған істі қолдайтын жобаларға: қарттарға көмек, балалар үйірмесі, жаңа мамандық, тегін кеңес.",
			RU: "Для проектов, которые поддерживают начатое самими жителями: помощь пожилым, детские кружки, новые профессии, бесплатные консультации.",
			EN: "For projects that support what residents have begun themselves: help for older people, clubs for children, new trades, free advice."},
		20, 34*million, f.first.ID, f.ownBegins(), "vulnerable", "education_sport", "employment", "rights", "health", "gender", "culture", "youth", "environment")
	terms.TopicIDs = answers(f.asked)
	c, err := f.publish(ctx, f.body, terms)
	if err != nil {
		return err
	}
	var entries []entry
	worths, topics := []int{9, 8, 9, 8, 8, 7, 7, 5, 6, 7}, []int{4, 7, 9, 8, 5, 14, 6, 3, 2, 0}
	for i, org := range ownApplicants {
		entries = append(entries, entry{org, topics[i], worths[i]})
	}
	x := f.contest(c, f.officer, f.ownBegins(), 40, entries)
	for _, s := range []struct {
		ago int
		do  func(ctx context.Context) error
	}{
		{173, x.returnOne}, {170, x.mendOne},
		{169, func(ctx context.Context) error {
			return x.refuse(ctx, 9, funding.CheckApplicant, i18n.Text{KK: "Жарғыда қоршаған ортаны қорғау мақсаты көзделмеген.", RU: "Устав не предусматривает охраны природы.", EN: "The charter does not provide for nature protection."})
		}},
		{168, func(ctx context.Context) error { return x.admit(ctx, 9) }},
		{166, x.openPanel}, {162, x.marking(14)}, {146, x.toCommission}, {138, x.settleAll}, {134, x.appealOfOne},
	} {
		f.plan(f.today.AddDays(-s.ago), s.do)
	}
	return nil
}

// marking is mark as an act.
func (x *contest) marking(days int) func(context.Context) error {
	return func(context.Context) error {
		x.mark(days)
		return nil
	}
}

// returned is the application that came back for correction.
const returned = 3

func (x *contest) returnOne(ctx context.Context) error {
	_, err := x.Funding.ReturnApplication(ctx, x.by, x.handed[returned].ID, 0, []funding.Mend{{Field: "need", Note: i18n.Text{
		KK: "Қамтылатын адам санының дереккөзін көрсетіңіз.", RU: "Укажите источник числа людей, которых охватит проект.", EN: "Say where the number of people comes from."}}})
	return err
}

func (x *contest) mendOne(ctx context.Context) error {
	a := x.handed[returned]
	by := x.speaker(a.OrgID)
	need := a.Proposal.Need.Get(a.Proposal.Lang) + " " + source.Get(a.Proposal.Lang)
	if _, err := x.Funding.Write(ctx, by, a.DraftID, []funding.Edit{{Name: "need", Values: []string{need}}}); err != nil {
		return fmt.Errorf("correction: %w", err)
	}
	if _, err := x.Funding.Submit(ctx, by, a.DraftID); err != nil {
		return fmt.Errorf("correction: %w", err)
	}
	return nil
}

var source = i18n.Text{KK: "Дереккөзі: ауыл әкімдігінің шаруашылық кітабы.", RU: "Источник: похозяйственная книга сельского акимата."}

// toCommission lays the decision before the commission, which leaves one out.
func (x *contest) toCommission(ctx context.Context) error {
	d, err := x.propose(ctx, i18n.Text{
		KK: "Қаржы сарапшылар балының реті бойынша бөлінді. Бір жоба себебі көрсетіліп алынбады.",
		RU: "Деньги распределены по порядку баллов экспертов. Один проект не взят, причина указана.",
		EN: "The money follows the order of the experts' points. One project was left out, with the reason."},
		x.skip(i18n.Text{KK: "Дәл осы ауылда мұндай қызметті облыстық бағдарлама биыл қаржыландырып отыр.",
			RU: "В этом же селе такую услугу в этом году уже оплачивает областная программа.",
			EN: "In the same village a programme of the region pays for this service this year."}))
	if err != nil {
		return err
	}
	return x.meet(ctx, d.Ref(),
		i18n.Text{KK: "«Ауыл өз күшімен» байқауының нәтижесі туралы", RU: "О результатах конкурса «Село своими силами»", EN: "On the results of the call “Villages on their own”"},
		i18n.Text{KK: "Сарапшылар бағасы бойынша дайындалған тізім бекітілсін, бір жоба көрсетілген себеппен алынбасын.", RU: "Утвердить список, составленный по оценкам экспертов; один проект не брать по указанной причине.", EN: "The list made from the experts' marks is approved; one project is left out for the reason given."},
		func(ctx context.Context) error {
			_, err := x.Funding.PublishDecision(ctx, x.by, d.ID, 0)
			return err
		})
}

// settleAll has all who won agree with the funder and sign days later; with the
// second signature the projects begin.
func (x *contest) settleAll(ctx context.Context) error {
	winners, err := x.funded(ctx)
	if err != nil {
		return err
	}
	for i, a := range winners {
		agreement, err := x.agree(ctx, a)
		if err != nil {
			return err
		}
		x.plan(x.day().AddDays(3), func(ctx context.Context) error {
			_, err := x.sign(ctx, x.payer, agreement)
			return err
		})
		x.plan(x.day().AddDays(4+i%3), func(ctx context.Context) error {
			sign := func() (funding.Agreement, error) { return x.sign(ctx, x.speaker(a.OrgID), agreement) }
			if i == 0 { // one has a signature file
				sign = func() (funding.Agreement, error) { return x.signByFile(ctx, a.OrgID, agreement) }
			}
			g, err := sign()
			if err != nil {
				return err
			}
			return x.start(ctx, g)
		})
	}
	return nil
}

// appealOfOne is the appeal of the applicant whose work was marked too low.
func (x *contest) appealOfOne(ctx context.Context) error { return x.appeal(ctx, x.handed[7], 8) }

// callCrafts is the call of a business that is decided: by its own lead, with two
// experts for each work. One agreement waits for its last signature.
func (f *giving) callCrafts(ctx context.Context) error {
	begins := f.today.AddDays(20)
	terms := byItself(f.callTerms(
		i18n.Text{KK: "Шебер қолдар: ауыл қолөнеріне гранттар", RU: "Мастеровые: гранты сельским ремёслам", EN: "Skilled hands: grants for village crafts"},
		i18n.Text{KK: "Компания ауылдағы қолөнер мен жастардың алғашқы ісін қолдайды.", RU: "Компания поддерживает сельские ремёсла и первое дело молодых.", EN: "The company supports village crafts and first ventures of the young."},
		20, 18*million, 0, begins, "culture", "youth", "heritage", "gender"))
	payer := f.speaker(f.sponsors[0].ID)
	c, err := f.publish(ctx, f.sponsors[0].ID, terms)
	if err != nil {
		return err
	}
	x := f.contest(c, payer, begins, 60, []entry{{0, 6, 10}, {19, 2, 8}, {37, 12, 7}, {49, 14, 7}, {61, 6, 5}})
	for _, s := range []struct {
		ago int
		do  func(ctx context.Context) error
	}{
		{57, func(ctx context.Context) error { return x.admit(ctx) }},
		{55, x.openPanel}, {51, x.marking(8)}, {40, x.decideAlone}, {36, x.settleButFirst}, {6, x.settleFirst},
	} {
		f.plan(f.today.AddDays(-s.ago), s.do)
	}
	return nil
}

// decideAlone has the lead of the funder decide.
func (x *contest) decideAlone(ctx context.Context) error {
	d, err := x.propose(ctx, i18n.Text{KK: "Барлық қатысушыға рақмет!", RU: "Спасибо всем, кто участвовал!", EN: "Thanks to all who took part!"}, nil)
	if err != nil {
		return err
	}
	_, err = x.Funding.PublishDecision(ctx, x.payer, d.ID, 0)
	return err
}

// settleButFirst signs with all who won but the first of them; who wins, the draw of
// experts decides too.
func (x *contest) settleButFirst(ctx context.Context) error {
	winners, err := x.funded(ctx)
	if err != nil {
		return err
	}
	for _, a := range winners[1:] {
		agreement, err := x.agree(ctx, a)
		if err != nil {
			return err
		}
		if _, err := x.sign(ctx, x.payer, agreement); err != nil {
			return err
		}
		x.plan(x.day().AddDays(1), func(ctx context.Context) error {
			g, err := x.sign(ctx, x.speaker(a.OrgID), agreement)
			if err != nil {
				return err
			}
			return x.start(ctx, g)
		})
	}
	return nil
}

// settleFirst lays the agreement of the first winner before its lead, signed by the
// funder.
func (x *contest) settleFirst(ctx context.Context) error {
	winners, err := x.funded(ctx)
	if err != nil {
		return err
	}
	agreement, err := x.agree(ctx, winners[0])
	if err != nil {
		return err
	}
	_, err = x.sign(ctx, x.payer, agreement)
	return err
}

// callCare is the call whose applications experts mark now. One was refused before,
// and its applicant has appealed.
func (f *giving) callCare(ctx context.Context) error {
	begins := f.today.AddDays(startsAfter)
	c, err := f.publish(ctx, f.body, f.callTerms(
		i18n.Text{KK: "Ұрпақтар сабақтастығы: үлкендер мен балалар бірге", RU: "Поколения вместе: старшие и дети", EN: "Generations together: the old and the young"},
		i18n.Text{KK: "Қарттар мен балаларды бір істің басына қосатын жобаларға.", RU: "Для проектов, в которых пожилые и дети заняты общим делом.", EN: "For projects in which older people and children share one pursuit."},
		18, 15*million, f.pot.ID, begins, "vulnerable", "education_sport", "culture", "health", "heritage"))
	if err != nil {
		return err
	}
	x := f.contest(c, f.officer, begins, 80, []entry{{9, 4, 8}, {0, 3, 7}, {33, 7, 7}, {45, 6, 6}, {55, 5, 8}, {69, 12, 7}})
	for _, s := range []struct {
		ago int
		do  func(ctx context.Context) error
	}{
		{24, func(ctx context.Context) error { return x.admit(ctx, 1) }},
		{20, func(ctx context.Context) error {
			return x.refuse(ctx, 1, funding.CheckPapers, i18n.Text{KK: "Серіктестің хатына қол қойылмаған.", RU: "Письмо партнёра не подписано.", EN: "The letter of the partner is not signed."})
		}},
		{18, x.openPanel}, {14, x.markSome},
		{9, func(ctx context.Context) error {
			_, err := x.Funding.FileAppeal(ctx, x.speaker(x.handed[1].OrgID), x.handed[1].ID, i18n.Text{
				KK: "Қол қойылған хат өтінімге тіркелген екінші файлда тұр.", RU: "Подписанное письмо приложено к заявке вторым файлом.", EN: "The signed letter is the second file of the application."})
			return err
		}},
	} {
		f.plan(f.today.AddDays(-s.ago), s.do)
	}
	return nil
}

// unmarked is how many experts of the call in review have not handed in their marks.
const unmarked = 3

// markSome plans the marks of some experts; the one who signs in has only begun.
func (x *contest) markSome(context.Context) error {
	from := x.day()
	for k := unmarked; k < expertCount; k++ {
		x.plan(from.AddDays(k), func(ctx context.Context) error { return x.marks(ctx, k, x.panel, x.worth) })
	}
	x.plan(from.AddDays(4), func(ctx context.Context) error { return x.begun(ctx, x.panel) })
	return nil
}
