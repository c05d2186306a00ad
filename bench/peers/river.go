package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// withRiver creates a customer in a job that is unique for the request id. The caller waits for the
// end of the job.
type withRiver struct {
	byhand.Bare
	river.WorkerDefaults[creation]
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]

	mutex   sync.Mutex
	waiting map[string]map[chan struct{}]bool // by request id
}

// creation is the arguments of the job.
type creation struct {
	RequestID string `json:"request_id" river:"unique"`
	Request   []byte `json:"request"`
}

// Kind implements river.JobArgs.
func (creation) Kind() string { return "create_customer" }

// openRiver starts River. Its settings are those for low latency: it fetches jobs every millisecond
// if there are any, and 100 at once. A job of a killed process starts again after 10 s, in place of
// an hour.
func openRiver(ctx context.Context, vendor *byhand.Vendor, dsn string) (enlistv1.CustomerServiceServer, func(), error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, nil, err
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, nil, err
	}
	r := &withRiver{Bare: byhand.Bare{Vendor: vendor}, pool: pool, waiting: map[string]map[chan struct{}]bool{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, r)
	r.client, err = river.NewClient(driver, &river.Config{
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 100}},
		Workers:    workers,
		JobTimeout: 5 * time.Second, RescueStuckJobsAfter: 10 * time.Second,
		FetchCooldown: time.Millisecond, FetchPollInterval: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, nil, err
	}
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, nil, err
	}
	return r, func() {
		_ = r.client.Stop(context.Background())
		pool.Close()
	}, nil
}

// Work is the job. It completes the job in a transaction of its own, because River's completer
// would let the caller wait for the next batch.
func (r *withRiver) Work(ctx context.Context, job *river.Job[creation]) error {
	request := &enlistv1.CreateCustomerRequest{}
	if err := proto.Unmarshal(job.Args.Request, request); err != nil {
		return err
	}
	if _, err := r.Bare.CreateCustomer(ctx, request); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	if err == nil {
		r.ended(job.Args.RequestID)
	}
	return err
}

// ended wakes the callers that wait for a request id.
func (r *withRiver) ended(requestID string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for done := range r.waiting[requestID] {
		close(done)
	}
	delete(r.waiting, requestID)
}

// wait returns a channel that is closed at the end of the job of a request id. forget ends the
// wait.
func (r *withRiver) wait(requestID string) (done chan struct{}, forget func()) {
	done = make(chan struct{})
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.waiting[requestID] == nil {
		r.waiting[requestID] = map[chan struct{}]bool{}
	}
	r.waiting[requestID][done] = true
	return done, func() {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		delete(r.waiting[requestID], done)
		if len(r.waiting[requestID]) == 0 {
			delete(r.waiting, requestID)
		}
	}
}

// CreateCustomer inserts the job and waits for its end.
func (r *withRiver) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	body, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	done, forget := r.wait(request.GetRequestId())
	defer forget()
	var inserted *rivertype.JobInsertResult
	err = pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) (err error) {
		inserted, err = r.client.InsertTx(ctx, tx, creation{request.GetRequestId(), body}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}})
		return err
	})
	if err != nil {
		return nil, err
	}
	if inserted.UniqueSkippedAsDuplicate && inserted.Job.State == rivertype.JobStateCompleted {
		return byhand.Created(request), nil
	}
	select {
	case <-done:
		return byhand.Created(request), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
