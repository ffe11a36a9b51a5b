package app

import (
	"context"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/mail"
)

const (
	jobWorkers = 2
	// keepLetters is for how many days a letter can be read in the outbox.
	keepLetters = 30
)

// buildJobs makes the runner of the work that follows a change or the clock.
func (p *Portal) buildJobs() error {
	p.Jobs = jobs.NewRunner(p.DB, jobWorkers)
	from := p.Config.From
	if from == "" {
		from = "Birge <birge@localhost>"
	}
	if err := mail.Register(p.Jobs, p.DB, mail.Config{SMTP: p.Config.SMTP, From: from, KeepDays: keepLetters}); err != nil {
		return err
	}
	p.Accounts.RunNightly(p.Jobs, p.Zone)
	p.Imports.Register(p.Jobs, p.Zone)
	p.Projects.Register(p.Jobs)
	p.Funding.Register(p.Jobs)
	p.Panels.Register(p.Jobs)
	p.Forums.Work(p.Jobs)
	p.Orgs.RunNightly(p.Jobs, p.Zone)
	p.Notices.Register(p.Jobs)
	p.Jobs.Every("obligations.reminders", jobs.Daily(8, 0, p.Zone), func(ctx context.Context) error {
		_, err := p.Obligations.SendReminders(ctx)
		return err
	})
	p.Jobs.Every("journal.head", jobs.Daily(0, 10, p.Zone), p.signHead)
	p.Jobs.Every("obligations.calendar", jobs.Daily(3, 0, p.Zone), func(ctx context.Context) error {
		_, err := p.Obligations.MoveToCalendar(ctx)
		return err
	})
	p.Jobs.Every("files.trash", jobs.Each(time.Hour), func(ctx context.Context) error {
		_, err := p.Files.EmptyTrash(ctx)
		return err
	})
	return nil
}

// signHead signs the head of the chain as it stood when yesterday ended.
func (p *Portal) signHead(ctx context.Context) error {
	return journal.SealDay(ctx, p.DB, p.Keys, db.DateOf(p.DB.Now().In(p.Zone)).AddDays(-1))
}
