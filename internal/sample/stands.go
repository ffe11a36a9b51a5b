package sample

import (
	"context"
	"fmt"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// standsShown is how many projects stand in the exhibition of the running forum.
const standsShown = 6

// exhibit has organizations ask for stands at a forum; all but the last get one.
func (t *teller) exhibit(ctx context.Context, f forums.Forum) error {
	list, err := t.Projects.Latest(ctx, 200)
	if err != nil {
		return err
	}
	seen := map[ref.ID]bool{}
	for _, x := range list {
		if seen[x.OrgID] || x.StatusOn(t.day()).Is.Ended() || x.StatusOn(t.day()).Is == projects.Planned {
			continue
		}
		seen[x.OrgID] = true
		if err := t.askStand(ctx, f, x.OrgID, forums.NewStand{ProjectID: x.ID}); err != nil {
			return err
		}
		if len(seen) > standsShown {
			break
		}
	}
	v, err := t.Forums.Stands(ctx, t.by, f.ID)
	if err != nil {
		return err
	}
	asked := v.Asked()
	for i, x := range asked[:max(0, len(asked)-1)] {
		hall := i18n.Text{KK: "фойе, оң жақ", RU: "фойе, справа", EN: "foyer, on the right"}
		if i%2 == 1 {
			hall = i18n.Text{KK: "фойе, сол жақ", RU: "фойе, слева", EN: "foyer, on the left"}
		}
		if _, err := t.Forums.AdmitStand(ctx, t.by, x.ID, int64(i+1), hall); err != nil {
			return fmt.Errorf("stand: %w", err)
		}
	}
	return nil
}

func (t *teller) askStand(ctx context.Context, f forums.Forum, org ref.ID, n forums.NewStand) error {
	n.OrgID = org
	n.About = i18n.Text{KK: "Жобаның нәтижелері, суреттері мен есептері; ұйым адамдарымен сөйлесуге болады.",
		RU: "Результаты, снимки и отчеты проекта; можно поговорить с людьми организации.",
		EN: "Results, pictures and reports of the project, and the people who do it."}
	n.Needs = i18n.Text{KK: "Үстел және розетка", RU: "Стол и розетка", EN: "A table and a socket"}
	if _, err := t.Forums.AskStand(ctx, t.by, f.ID, n); err != nil {
		return fmt.Errorf("stand: %w", err)
	}
	return nil
}

// offerHelp has a visitor of the exhibition offer help to the organization whose lead
// can sign in.
func (t *teller) offerHelp(ctx context.Context) error {
	err := t.Forums.OfferHelp(ctx, access.Actor{}, forums.NewOffer{OrgID: t.ngos[0].ID, Kind: forums.HelpKinds[0], Consent: true,
		Helper: forums.Helper{Name: "Үлгі көмекші", Email: "helper@sample.birge", Lang: i18n.KK, Message: "Сенбі сайын екі сағат балаларға математикадан көмектесе аламын."}})
	if err != nil {
		return fmt.Errorf("sample: offer of help: %w", err)
	}
	return nil
}
