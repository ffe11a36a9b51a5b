package sample

import (
	"bytes"
	"context"
	"fmt"

	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// drawn is a picture in the store, to be given to any number of events.
type drawn struct {
	shows i18n.Text
	file  *files.Checked
}

// drawPictures draws the pictures of the sample once; projects share them.
func (t *teller) drawPictures(ctx context.Context) error {
	for i, s := range scenes {
		b, err := s.picture(uint64(seed + i))
		if err != nil {
			return err
		}
		f, err := t.Files.Check(ctx, "picture.jpg", bytes.NewReader(b), files.Pictures, projects.MaxPicture)
		if err != nil {
			return err
		}
		t.pictures = append(t.pictures, drawn{s.shows, f})
	}
	return nil
}

// picturesOf gives a confirmed event one to three pictures. Nobody is in them.
func (t *teller) picturesOf(ctx context.Context, s *story, e projects.Event) error {
	first := t.rnd.IntN(len(t.pictures))
	for i := range t.between(1, 3) {
		p := t.pictures[(first+i)%len(t.pictures)]
		n := projects.NewFile{Part: projects.OfEvent, PartID: e.ID, Sort: projects.Picture, Title: p.shows, People: files.Nobody, ForAll: true}
		if _, err := t.Projects.AddFiles(ctx, t.lead(s), s.ID, n, []*files.Checked{p.file}); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
	}
	return nil
}

// agreementPaper puts the text of the agreement on the project's page.
func (t *teller) agreementPaper(ctx context.Context, s *story) error {
	text := fmt.Sprintf("№ %s\n\n%s\n%s\n\n%s – %s\n", s.Number, s.Title.KK, s.Title.RU, s.Starts, s.Ends) +
		"Бұл құжат үлгі деректерден жасалған. Документ составлен из учебных данных. This paper is made of sample data.\n"
	n := projects.NewFile{Sort: projects.Paper, ForAll: true, Title: i18n.Text{KK: "Шарттың мәтіні", RU: "Текст договора", EN: "Text of the agreement"}}
	return t.paper(ctx, s, n, "agreement.txt", text)
}

// attendance is evidence of a report: it is for those who check.
func (t *teller) attendance(ctx context.Context, s *story, report ref.ID) error {
	n := projects.NewFile{Part: projects.OfReport, PartID: report, Indicator: s.Indicators[0].ID, Sort: projects.Evidence,
		Title: i18n.Text{KK: "Қатысу парағы", RU: "Лист посещения", EN: "Attendance list"}}
	return t.paper(ctx, s, n, "attendance.csv", fmt.Sprintf("№;келді/пришли\n1;%d\n2;%d\n3;%d\n", t.between(10, 40), t.between(10, 40), t.between(10, 40)))
}

func (t *teller) paper(ctx context.Context, s *story, n projects.NewFile, name, text string) error {
	f, err := t.Projects.CheckFile(ctx, t.lead(s), s.ID, n, name, bytes.NewReader([]byte(text)))
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	if _, err := t.Projects.AddFiles(ctx, t.lead(s), s.ID, n, []*files.Checked{f}); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

// mediaNames are invented; their addresses lead nowhere by design of the
// Internet ("example" is kept for such use).
var mediaNames = []string{"Үлгі хабары", "Дала үні", "Степные вести", "Көл газеті"}

// published has a paper write about the project.
func (t *teller) published(ctx context.Context, s *story, i int) error {
	if s.over() {
		return nil
	}
	l := projects.Link{URL: fmt.Sprintf("https://news.example/%d/%03d", t.day().Year(), i), Medium: mediaNames[i%len(mediaNames)], On: t.day(),
		Title: i18n.Text{KK: s.theme.title.KK + ": не өзгерді?", RU: s.theme.title.RU + ": что изменилось?", EN: s.theme.title.EN + ": what has changed?"}}
	p, err := t.Projects.AddLink(ctx, t.lead(s), s.ID, l)
	if err != nil {
		return fmt.Errorf("publication: %w", err)
	}
	s.Project = p
	return nil
}

// partnersOf are an organization of the register and a school that is not in it.
func (t *teller) partnersOf(i int, lead ref.ID) []projects.Partner {
	partner := t.ngos[(i*13+5)%len(t.ngos)]
	if partner.ID == lead || i%3 == 2 {
		return nil
	}
	list := []projects.Partner{{OrgID: partner.ID, Role: i18n.Text{KK: "еріктілерді жинайды", RU: "собирает волонтёров", EN: "brings volunteers"}}}
	if i%2 == 0 {
		list = append(list, projects.Partner{Name: "Үлгі мектебі", Role: i18n.Text{KK: "орын береді", RU: "даёт помещение", EN: "gives the room"}})
	}
	return list
}
