package dev.enlist.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.Gson;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.enlist.v1.Address;
import dev.enlist.v1.CreateCustomerRequest;
import dev.enlist.v1.CreateCustomerResponse;
import dev.enlist.v1.Customer;
import dev.enlist.v1.CustomerServiceGrpc;
import dev.enlist.v1.CustomerServiceGrpc.CustomerServiceBlockingStub;
import dev.enlist.v1.ListContractorsRequest;
import dev.enlist.v1.ListContractorsResponse;
import dev.enlist.v1.OpencellOptions;
import dev.enlist.v1.PersonName;
import dev.enlist.v1.VendorError;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Signs customers up with Enlist, reads its errors, and pages through a list.
 *
 * <p>Start {@code enlist demo} first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.
 */
public final class Main {
  private final CustomerServiceBlockingStub customers;

  private Main(CustomerServiceBlockingStub customers) {
    this.customers = customers;
  }

  public static void main(String[] arguments) throws Exception {
    String address = System.getenv().getOrDefault("ENLIST_GRPC", "127.0.0.1:9090");
    // Beyond this machine: TlsChannelCredentials.
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
            .defaultServiceConfig(serviceConfig())
            .keepAliveTime(30, SECONDS)
            .keepAliveTimeout(10, SECONDS)
            .build();
    try {
      Main example = new Main(CustomerServiceGrpc.newBlockingStub(channel));
      example.create();
      example.createAndLoseTheAnswer();
      example.readErrors();
      example.listContractors();
    } finally {
      channel.shutdown().awaitTermination(5, SECONDS);
    }
  }

  /** Reads gen/serviceconfig/enlist.json, which the build puts on the class path. */
  private static Map<String, ?> serviceConfig() throws IOException {
    try (Reader reader = new InputStreamReader(Main.class.getResourceAsStream("/enlist.json"), UTF_8)) {
      @SuppressWarnings("unchecked")
      Map<String, ?> config = new Gson().fromJson(reader, Map.class);
      return config;
    }
  }

  /** Makes a create with a request_id of its own, made once, before the first try. A real program stores it with its order. */
  private static CreateCustomerRequest.Builder newRequest() {
    String requestId = UUID.randomUUID().toString();
    CreateCustomerRequest.Builder request = CreateCustomerRequest.newBuilder().setProvider("opencell").setRequestId(requestId);
    request.setCustomer(
        Customer.newBuilder()
            .setId("JAVA-" + requestId)
            .setName(PersonName.newBuilder().setTitle("Mr").setGivenName("John").setFamilyName("Smith"))
            .setEmail("john.smith@example.com")
            .setBillingAddress(
                Address.newBuilder().addLines("673 Eugene Points").setCity("Nice").setPostalCode("06000").setCountryCode("FR")));
    return request;
  }

  /** Sends a create. The deadline is how long this program waits, not how long Enlist tries. */
  private CreateCustomerResponse withDeadline(CreateCustomerRequest request) {
    return customers.withDeadlineAfter(30, SECONDS).createCustomer(request);
  }

  /** Creates a customer. */
  private void create() {
    CreateCustomerResponse answer = withDeadline(newRequest().build());
    System.out.printf("created %s %s%n", answer.getCustomer().getId(), answer.getOutcome());
  }

  /** Creates a customer at a vendor that takes it and hangs up. The same request again brings the end, and never a second customer. */
  private void createAndLoseTheAnswer() throws Exception {
    makeFault();
    CreateCustomerRequest request = newRequest().build();
    while (true) {
      try {
        CreateCustomerResponse answer = withDeadline(request);
        System.out.printf("settled %s replayed=%b%n", answer.getCustomer().getId(), answer.getReplayed());
        return;
      } catch (StatusRuntimeException error) {
        Optional<RetryInfo> retry = detail(error, RetryInfo.class);
        Code code = error.getStatus().getCode();
        if (retry.isPresent()) {
          System.out.println("unknown " + detail(error, ErrorInfo.class).orElseThrow().getReason());
          Thread.sleep(Durations.toMillis(retry.get().getRetryDelay()));
        } else if (code == Code.UNAVAILABLE || code == Code.DEADLINE_EXCEEDED) { // the answer was lost on the way to here
          Thread.sleep(1000);
        } else { // calling again does not help
          throw error;
        }
      }
    }
  }

  /** Sends a request that is wrong, and one that the vendor refuses. */
  private void readErrors() {
    CreateCustomerRequest.Builder wrong = newRequest();
    wrong.getCustomerBuilder().setEmail("john.smith").getBillingAddressBuilder().setCountryCode("France");
    try {
      withDeadline(wrong.build());
    } catch (StatusRuntimeException error) {
      for (BadRequest.FieldViolation violation : detail(error, BadRequest.class).orElseThrow().getFieldViolationsList()) {
        System.out.printf("invalid %s: %s%n", violation.getField(), violation.getDescription());
      }
    }

    CreateCustomerRequest.Builder refused = newRequest();
    refused.setOpencell(OpencellOptions.newBuilder().setBillingCycle("NO_SUCH_CYCLE"));
    try {
      withDeadline(refused.build());
    } catch (StatusRuntimeException error) {
      String reason = detail(error, ErrorInfo.class).orElseThrow().getReason();
      VendorError vendor = detail(error, VendorError.class).orElseThrow();
      System.out.printf("refused %s %s%n", reason, vendor.getMessages(0).getMessage());
    }
  }

  /** Reads all pages of a list. */
  private void listContractors() {
    ListContractorsRequest.Builder request =
        ListContractorsRequest.newBuilder().setProvider("sellandsign").setCustomerId("DEMO-1").setPageSize(1);
    ListContractorsResponse page;
    do {
      page = customers.withDeadlineAfter(30, SECONDS).listContractors(request.build());
      page.getContractorsList().forEach(contractor -> System.out.println("contractor " + contractor.getId()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
  }

  /** Finds the detail of a type in an error. */
  private static <T extends Message> Optional<T> detail(StatusRuntimeException error, Class<T> type) {
    for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException unreadable) {
          throw new IllegalStateException(unreadable);
        }
      }
    }
    return Optional.empty();
  }

  /** Tells the sandbox to lose its next answer. Only an example needs this. */
  private static void makeFault() throws Exception {
    String fault = "{\"vendor\": \"opencell\", \"operation\": \"create\", \"kind\": \"drop_after\", \"times\": 1}";
    URI faults = URI.create(System.getenv().getOrDefault("ENLIST_SANDBOX", "http://127.0.0.1:8090") + "/sandbox/faults");
    HttpRequest order = HttpRequest.newBuilder(faults).POST(HttpRequest.BodyPublishers.ofString(fault)).build();
    HttpClient.newHttpClient().send(order, BodyHandlers.discarding());
  }
}
