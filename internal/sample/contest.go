package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// contest is a call on its way from the applications to the projects.
type contest struct {
	*giving
	call   funding.Call
	begins db.Date      // in whose month the projects begin
	payer  access.Actor // who acts for the funder
	theme  map[ref.ID]int
	handed []funding.Application
	worth  map[string]int // of 10, by the Kazakh title
	panel  ref.ID
}

// entry is an application of a contest: of which organization, about which theme,
// and what it deserves, of 10.
type entry struct{ org, theme, worth int }

// contest plans that organizations hand in, one after the other until the round closes.
func (f *giving) contest(c funding.Call, payer access.Actor, begins db.Date, number int, entries []entry) *contest {
	x := &contest{giving: f, call: c, begins: begins, payer: payer, theme: map[ref.ID]int{}, worth: map[string]int{}, handed: make([]funding.Application, len(entries))}
	opens, closes := db.DateOf(c.Opens().In(f.Zone)), db.DateOf(c.Closes().In(f.Zone))
	days := opens.DaysUntil(closes) - 3
	for i, e := range entries {
		f.plan(opens.AddDays(2+i*days/len(entries)), func(ctx context.Context) (err error) {
			if x.handed[i], err = f.apply(ctx, c, f.worthy(e.org), e.theme, number+i, begins); err == nil {
				x.theme[x.handed[i].ID], x.worth[x.handed[i].Proposal.Title.KK] = e.theme, e.worth
			}
			return err
		})
	}
	return x
}

// admit lets the applications through the formal check, but for some.
func (x *contest) admit(ctx context.Context, but ...int) error {
	var ids []ref.ID
	for i, a := range x.handed {
		if !slices.Contains(but, i) {
			ids = append(ids, a.ID)
		}
	}
	b := funding.Batch{CallID: x.call.ID, Act: funding.BatchAdmit}
	for _, id := range ids {
		b.Entries = append(b.Entries, funding.BatchItem{ApplicationID: id})
	}
	if _, err := x.Funding.Deal(ctx, x.payer, b); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return nil
}

// refuse ends the way of an application with the reason for one question.
func (x *contest) refuse(ctx context.Context, i int, code string, reason i18n.Text) error {
	var items []funding.CheckItem
	for _, c := range funding.CheckCodes(x.call.Terms) {
		item := funding.CheckItem{Code: c, OK: c != code}
		if !item.OK {
			item.Reason = reason
		}
		items = append(items, item)
	}
	_, err := x.Funding.Refuse(ctx, x.payer, x.handed[i].ID, 0, items)
	return err
}

// openPanel gives the round to experts, who are drawn two days later.
func (x *contest) openPanel(ctx context.Context) error {
	p, err := x.Funding.OpenPanel(ctx, x.payer, x.call.ID, 1, db.Date{})
	if err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	x.panel = p.ID
	return x.draw(ctx, p.ID, x.call.FunderID)
}

// mark plans the marks of all experts over some days.
func (x *contest) mark(days int) {
	from := x.day()
	for k := range x.jury.experts {
		x.plan(from.AddDays(k*days/expertCount), func(ctx context.Context) error { return x.marks(ctx, k, x.panel, x.worth) })
	}
	x.plan(from.AddDays(days), x.rest)
}

// rest has experts mark what was drawn for them later, where marks lay far apart,
// and opens the marks.
func (x *contest) rest(ctx context.Context) error {
	for k := range x.jury.experts {
		if err := x.marks(ctx, k, x.panel, x.worth); err != nil {
			return err
		}
	}
	if err := x.Panels.Reveal(ctx, x.payer, x.panel, i18n.Text{}); err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	return nil
}

// propose drafts the decision by the order of the marks, with a word for everybody,
// and puts it before those who decide. depart may depart from the order.
func (x *contest) propose(ctx context.Context, note i18n.Text, depart func(ctx context.Context, d funding.Decision) error) (d funding.Decision, err error) {
	if d, err = x.Funding.BeginDecision(ctx, x.payer, x.call.ID, 1, funding.OnOrder); err != nil {
		return d, fmt.Errorf("decision: %w", err)
	}
	if depart != nil {
		if err := depart(ctx, d); err != nil {
			return d, fmt.Errorf("departure: %w", err)
		}
	}
	if _, err = x.Funding.NoteDecision(ctx, x.payer, d.ID, 0, note); err != nil {
		return d, err
	}
	if d, err = x.Funding.PutDecision(ctx, x.payer, d.ID, 0); err != nil {
		return d, fmt.Errorf("decision: %w", err)
	}
	return d, nil
}

// skip has a decision leave out the one who would be funded last, for a reason.
func (x *contest) skip(reason i18n.Text) func(ctx context.Context, d funding.Decision) error {
	return func(ctx context.Context, d funding.Decision) error {
		st, err := x.Funding.DecisionStory(ctx, x.payer, d.ID)
		if err != nil {
			return err
		}
		for _, l := range slices.Backward(st.Lines) {
			if l.Outcome == funding.Funded {
				_, err = x.Funding.DepartOn(ctx, x.payer, d.ID, 0, funding.Departure{ApplicationID: l.ID, Outcome: funding.Declined, Reason: reason})
				break
			}
		}
		return err
	}
}

// funded lists the applications that get money.
func (x *contest) funded(ctx context.Context) (list []funding.Application, err error) {
	for _, a := range x.handed {
		st, err := x.Funding.ApplicationStory(ctx, x.by, a.ID)
		if err != nil {
			return nil, err
		}
		if st.Application.State == funding.Funded {
			list = append(list, st.Application)
		}
	}
	return list, nil
}

// agree settles the text of the agreement of an application: the funder completes
// it, and both sides agree to that.
func (x *contest) agree(ctx context.Context, a funding.Application) (agreement ref.ID, err error) {
	o, err := x.Funding.Outcome(ctx, x.by, a.ID)
	if err != nil {
		return 0, err
	}
	st, err := x.Funding.AgreementStory(ctx, x.payer, o.Agreement.ID)
	if err != nil {
		return 0, err
	}
	text := st.Agreement.Text
	text.Sanctions, text.Special = sanctions, special
	if text.Plan.Title.EN == "" {
		text.Plan.Title.EN = themes[x.theme[a.ID]].title.EN
	}
	g, err := x.Funding.ChangeAgreement(ctx, x.payer, o.Agreement.ID, 0, text, i18n.Text{
		KK: "Есеп кешіккенде не болатыны және жұмсалмаған қаржыны қайтару тәртібі қосылды.",
		RU: "Добавлены последствия опоздания с отчётом и порядок возврата неизрасходованных денег.",
		EN: "Added what follows from a late report and how unspent money is returned."})
	if err != nil {
		return 0, fmt.Errorf("agreement: %w", err)
	}
	for _, side := range []access.Actor{x.payer, x.speaker(a.OrgID)} {
		if _, err := x.Funding.AgreeTo(ctx, side, g.ID, g.Revision); err != nil {
			return 0, fmt.Errorf("consent: %w", err)
		}
	}
	return g.ID, nil
}

var (
	sanctions = i18n.Text{
		KK: "Есеп он жұмыс күнінен артық кешіксе, келесі транш тоқтатыла тұрады. Мақсатсыз жұмсалған және жұмсалмаған қаржы жоба аяқталған соң он бес жұмыс күні ішінде қайтарылады.",
		RU: "Если отчёт опаздывает больше чем на десять рабочих дней, следующий транш приостанавливается. Деньги, потраченные не по назначению и неизрасходованные, возвращаются в течение пятнадцати рабочих дней после окончания проекта.",
		EN: "When a report is more than ten working days late, the next tranche waits. Money spent otherwise than agreed and unspent money is returned within fifteen working days of the end of the project."}
	special = i18n.Text{
		KK: "Жабдық жоба аяқталған соң ауыл мектебіне беріледі.", RU: "Оборудование после проекта передаётся сельской школе.", EN: "After the project the equipment goes to the village school."}
)

// sign has a side hand in the paper that it signed by hand.
func (x *contest) sign(ctx context.Context, side access.Actor, agreement ref.ID) (g funding.Agreement, err error) {
	paper, err := x.paper(ctx, side, agreement)
	if err != nil {
		return g, err
	}
	copied, err := x.Funding.CheckCopy(ctx, side, agreement, "signed.pdf", bytes.NewReader(paper))
	if err != nil {
		return g, err
	}
	if g, err = x.Funding.SignByCopy(ctx, side, agreement, copied); err != nil {
		return g, fmt.Errorf("signature: %w", err)
	}
	return g, nil
}

// paper is the document of an agreement that is to be signed.
func (x *contest) paper(ctx context.Context, side access.Actor, agreement ref.ID) ([]byte, error) {
	f, err := x.Funding.AgreementFile(ctx, side, agreement)
	if err != nil {
		return nil, err
	}
	_, r, err := x.Files.Open(ctx, f.ID, files.Original)
	if err != nil {
		return nil, err
	}
	paper, err := io.ReadAll(r)
	return paper, errors.Join(err, r.Close())
}

// start tells on of the project that an agreement has begun.
func (x *contest) start(ctx context.Context, g funding.Agreement) error {
	st, err := x.Projects.Story(ctx, x.by, g.ProjectID)
	if err != nil {
		return err
	}
	x.carryOut(&story{Project: st.Project, theme: themes[x.theme[g.ApplicationID]], punctual: 95})
	return nil
}

// callTerms are the terms of a call that pays from another pot, in the year of its
// projects.
func (f *giving) callTerms(title, about i18n.Text, window int, sum int64, pot ref.ID, begins db.Date, spheres ...string) funding.Terms {
	from := f.day().AddDays(1)
	terms := f.terms(title, about, from, from.AddDays(window), sum, spheres...)
	terms.PotID, terms.Rounds[0].Year = pot, begins.Year()
	return terms
}

// byItself is the kind of a business, which asks what it likes.
func byItself(terms funding.Terms) funding.Terms {
	terms.Kind, terms.ProgrammeID, terms.PotID, terms.FormID, terms.FormVersion = projects.Business, 0, 0, 0, 0
	terms.MinSum, terms.MaxSum, terms.MinMonths, terms.MaxMonths, terms.OwnShare, terms.PerWork, terms.DistrictShare = million/2, 12*million, 3, 24, 5, 2, 0
	terms.Contacts = i18n.Text{KK: "grants@sample.birge", RU: "grants@sample.birge", EN: "grants@sample.birge"}
	terms.Who = i18n.Text{KK: "Үкіметтік емес ұйымдар мен шеберлер бірлестіктері.", RU: "Неправительственные организации и объединения мастеров.", EN: "Non-governmental organizations and unions of craftspeople."}
	terms.Papers = nil
	return terms
}

// appeal is an appeal of the sample, heard by experts who have not read the work.
func (x *contest) appeal(ctx context.Context, a funding.Application, worth int) error {
	p, err := x.Funding.FileAppeal(ctx, x.speaker(a.OrgID), a.ID, i18n.Text{
		KK: "Екі сарапшы команданың тәжірибесі көрсетілмеген деп жазған, ал өтінімде аяқталған екі жоба аталған.",
		RU: "Двое экспертов написали, что опыт команды не показан, хотя в заявке названы два завершённых проекта.",
		EN: "Two experts wrote that the team shows no experience, though the application names two finished projects."})
	if err != nil {
		return fmt.Errorf("appeal: %w", err)
	}
	x.plan(x.day().AddDays(2), func(ctx context.Context) error {
		if p, err = x.Funding.HearByPanel(ctx, x.payer, p.ID, 0, db.Date{}); err != nil {
			return fmt.Errorf("appeal: %w", err)
		}
		return x.draw(ctx, p.PanelID, x.call.FunderID)
	})
	x.plan(x.day().AddDays(6), func(ctx context.Context) error {
		for range 2 { // who is called when marks lie far apart comes in the second turn
			for k := range x.jury.experts {
				if err := x.marks(ctx, k, p.PanelID, map[string]int{a.Proposal.Title.KK: worth}); err != nil {
					return err
				}
			}
		}
		return x.Panels.Reveal(ctx, x.payer, p.PanelID, i18n.Text{})
	})
	x.plan(x.day().AddDays(8), func(ctx context.Context) error {
		_, err := x.Funding.AnswerAppeal(ctx, x.payer, p.ID, 0, funding.Answer{Granted: true, Outcome: funding.Reserve, Reasons: i18n.Text{
			KK: "Жаңа сарапшылар команданың тәжірибесін растады, бал шектен жоғары. Қаржы бөлініп қойғандықтан өтінім резервке алынды.",
			RU: "Новые эксперты подтвердили опыт команды, баллы выше порога. Деньги уже распределены, поэтому заявка включена в резерв.",
			EN: "Other experts confirmed the experience of the team, and the points are above the threshold. The money is given out, so the application is put in reserve."}})
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		return nil
	})
	return nil
}

// begun is what one of the first experts has written of the first work that waits:
// the draw says whether the very first has any.
func (f *giving) begun(ctx context.Context, panel ref.ID) error {
	for _, by := range f.jury.experts[:unmarked] {
		list, err := f.tasks(ctx, by, panel)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		if err := f.Panels.DeclareIn(ctx, by, panel, nil, ""); err != nil {
			return fmt.Errorf("declaration: %w", err)
		}
		_, err = f.Panels.SaveDraft(ctx, by, list[0].Assignment.ID, []panels.Score{{Code: "need", Points: 8, Comment: remarks[0][1].KK}})
		return err
	}
	return nil
}
