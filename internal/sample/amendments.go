package sample

import (
	"context"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// point is a paragraph of the draft of the forum that runs.
type point struct {
	text, measure i18n.Text
	owner, due    int // place among the departments, -1 for nobody; days from today
	wish          int // from which it grew, -1 for none
}

var points = []point{
	{text: i18n.Text{KK: "Форумға қатысушылар өткен қарардың орындалу есебін назарға алады.", RU: "Участники форума принимают к сведению отчёт об исполнении прошлой резолюции."}, owner: -1, wish: -1},
	{text: i18n.Text{KK: "Әр ауданда ҮЕҰ-ларға тұрғындармен кездесетін бөлме тегін берілсін.", RU: "Бесплатно предоставить НПО в каждом районе комнату для встреч с жителями."},
		measure: i18n.Text{KK: "Бөлме барлық ауданда ашылды", RU: "Комната открыта во всех районах", EN: "A room is open in every district"}, owner: 2, due: 180, wish: 0},
	{text: i18n.Text{KK: "Ауыл жастарының бастамаларына жыл сайын кемінде он шағын грант берілсін.", RU: "Ежегодно выделять не менее десяти малых грантов на инициативы сельской молодёжи."},
		measure: i18n.Text{KK: "Он грант берілді", RU: "Выделено десять грантов", EN: "Ten grants are given"}, owner: 0, due: 240, wish: 1},
	{text: i18n.Text{KK: "Мемлекеттік әлеуметтік тапсырыс критерийлері конкурсқа дейін бір ай бұрын жариялансын.", RU: "Публиковать критерии государственного социального заказа за месяц до конкурса."},
		measure: i18n.Text{KK: "Критерийлер барлық конкурс бойынша жарияланды", RU: "Критерии опубликованы по всем конкурсам", EN: "The criteria of all calls are published"}, owner: 1, due: 120, wish: 4},
	{text: i18n.Text{KK: "Қоғамдық бақылау ескертулеріне бір ай ішінде жауап берілсін.", RU: "Отвечать на замечания общественного контроля в течение месяца."}, owner: -1, due: 0, wish: 5},
}

// planAmendments plans how the draft of the forum that runs is discussed: an edition
// is behind, and there are amendments that wait.
func (t *teller) planAmendments(d *resolutions.Document, made []ref.ID) {
	var list []resolutions.Article
	t.plan(t.today.AddDays(-4), func(ctx context.Context) (err error) {
		list, err = t.writeDraft(ctx, d.ID, made)
		return err
	})
	t.plan(t.today.AddDays(-2), func(ctx context.Context) error { return t.firstAmendments(ctx, d.ID, list) })
	t.plan(t.today.AddDays(-1), func(ctx context.Context) error { return t.laterAmendments(ctx, d.ID, list) })
}

// writeDraft writes the text and lays it open.
func (t *teller) writeDraft(ctx context.Context, document ref.ID, made []ref.ID) ([]resolutions.Article, error) {
	var texts []resolutions.NewArticle
	for _, x := range points {
		a := resolutions.NewArticle{Text: x.text}
		if x.wish >= 0 {
			a.ProposalID = made[x.wish]
		}
		texts = append(texts, a)
	}
	list, err := t.Resolutions.Write(ctx, t.by, document, texts)
	if err != nil {
		return nil, err
	}
	for n, x := range points[1:] {
		duty := resolutions.Duty{Asks: true, Measure: x.measure}
		if x.owner >= 0 {
			duty.OwnerID, duty.Due = t.states[x.owner].ID, t.today.AddDays(x.due)
		}
		if err := t.Resolutions.SetDuty(ctx, t.by, list[n+1].ID, 0, duty); err != nil {
			return nil, err
		}
	}
	return list, t.Resolutions.LayOpen(ctx, t.by, document, resolutions.Opening{Until: t.today.AddDays(20)})
}

// amend has an organization amend an article of an edition.
func (t *teller) amend(ctx context.Context, document ref.ID, org int, n resolutions.NewAmendment) (ref.ID, error) {
	n.ByOrg = t.ngos[org].ID
	a, err := t.Resolutions.Amend(ctx, t.by, document, n)
	return a.ID, err
}

// firstAmendments are decided: they make the second edition.
func (t *teller) firstAmendments(ctx context.Context, document ref.ID, list []resolutions.Article) error {
	more, err := t.amend(ctx, document, 4, resolutions.NewAmendment{ArticleID: list[2].ID, Act: resolutions.Replace, Base: 1,
		Text: i18n.Text{KK: "Ауыл жастарының бастамаларына жыл сайын кемінде жиырма шағын грант берілсін, есеп бір бет болсын.", RU: "Ежегодно выделять не менее двадцати малых грантов на инициативы сельской молодёжи с отчётом на одной странице."},
		Why:  i18n.Text{KK: "Былтыр өтінім он еседен көп болды.", RU: "В прошлом году заявок было в десять раз больше.", EN: "Last year there were ten times as many applications."}})
	if err != nil {
		return err
	}
	drop, err := t.amend(ctx, document, 5, resolutions.NewAmendment{ArticleID: list[0].ID, Act: resolutions.Delete, Base: 1, Why: i18n.Text{KK: "Бұл шешім емес.", RU: "Это не решение.", EN: "This decides nothing."}})
	if err != nil {
		return err
	}
	if err := t.Resolutions.Advise(ctx, t.by, more, 0, resolutions.AdviseTake, i18n.Text{}); err != nil {
		return err
	}
	if err := t.Resolutions.Advise(ctx, t.by, drop, 0, resolutions.AdviseRefuse, i18n.Text{KK: "Есепті еске алу келесі форумға қажет.", RU: "Упоминание отчёта нужно следующему форуму.", EN: "The next forum needs the report to be named."}); err != nil {
		return err
	}
	_, err = t.Resolutions.Decide(ctx, t.by, document, nil)
	return err
}

// laterAmendments wait for a decision.
func (t *teller) laterAmendments(ctx context.Context, document ref.ID, list []resolutions.Article) error {
	if _, err := t.amend(ctx, document, 0, resolutions.NewAmendment{ArticleID: list[1].ID, Act: resolutions.Replace, Base: 1,
		Text: i18n.Text{KK: "Әр ауданда және қалада ҮЕҰ-ларға тұрғындармен кездесетін бөлме кешкі уақытта да тегін берілсін.", RU: "Бесплатно предоставить НПО в каждом районе и городе комнату для встреч с жителями, в том числе вечером."}}); err != nil {
		return err
	}
	bring, err := t.amend(ctx, document, 6, resolutions.NewAmendment{ArticleID: list[4].ID, Act: resolutions.Add,
		Text: i18n.Text{KK: "Ауылдық кітапханаларда ҮЕҰ-ларға тегін интернет берілсін.", RU: "Бесплатно предоставить НПО интернет в сельских библиотеках."}})
	if err != nil {
		return err
	}
	if err := t.Resolutions.Advise(ctx, t.by, bring, 0, resolutions.AdviseTake, i18n.Text{}); err != nil {
		return err
	}
	if _, err := t.Resolutions.Say(ctx, t.by, document, list[3].ID, t.ngos[0].ID, i18n.Text{RU: "Хорошо бы публиковать и протокол оценки заявок."}); err != nil {
		return err
	}
	_, err = t.Resolutions.Say(ctx, t.by, document, 0, t.ngos[0].ID, i18n.Text{KK: "Құжат түсінікті жазылған, рахмет."})
	return err
}
