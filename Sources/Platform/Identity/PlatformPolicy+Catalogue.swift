extension PlatformPolicy {
    /// One policy a line: its path and name, then what it allows.
    ///
    /// Names and actions are AWS's own (AWS managed policy reference); conditions and narrower resources are left out.
    static let catalogue = """
        AdministratorAccess *
        PowerUserAccess *
        ReadOnlyAccess *:Describe* *:Get* *:List* *:Read*
        SecurityAudit *:Describe* *:Get* *:List*
        job-function/ViewOnlyAccess *:Describe* *:List*
        IAMFullAccess iam:* organizations:Describe* organizations:List*
        IAMReadOnlyAccess iam:Get* iam:List* iam:Simulate*
        AWSLambda_FullAccess lambda:* logs:Describe* logs:Filter* logs:Get* iam:GetRole iam:ListRoles iam:PassRole \
        states:DescribeStateMachine states:ListStateMachines xray:GetTraceSummaries xray:BatchGetTraces
        AWSLambda_ReadOnlyAccess lambda:Get* lambda:List* logs:Describe* logs:Get* iam:GetRole iam:ListRoles
        AWSLambdaExecute logs:* s3:GetObject s3:PutObject
        AWSLambdaInvocation-DynamoDB lambda:InvokeFunction dynamodb:DescribeStream dynamodb:GetRecords \
        dynamodb:GetShardIterator dynamodb:ListStreams
        service-role/AWSLambdaRole lambda:InvokeFunction
        service-role/AWSLambdaBasicExecutionRole logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        service-role/AWSLambdaVPCAccessExecutionRole logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents \
        ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface \
        ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses
        service-role/AWSLambdaENIManagementAccess ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces \
        ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses
        service-role/AWSLambdaSQSQueueExecutionRole sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes \
        logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        service-role/AWSLambdaKinesisExecutionRole kinesis:DescribeStream kinesis:DescribeStreamSummary \
        kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:ListStreams kinesis:SubscribeToShard \
        logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        service-role/AWSLambdaDynamoDBExecutionRole dynamodb:DescribeStream dynamodb:GetRecords \
        dynamodb:GetShardIterator dynamodb:ListStreams logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        service-role/AWSLambdaMSKExecutionRole kafka:DescribeCluster kafka:DescribeClusterV2 \
        kafka:GetBootstrapBrokers ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeVpcs \
        ec2:DeleteNetworkInterface ec2:DescribeSubnets ec2:DescribeSecurityGroups logs:CreateLogGroup \
        logs:CreateLogStream logs:PutLogEvents
        service-role/AmazonS3ObjectLambdaExecutionRolePolicy s3-object-lambda:WriteGetObjectResponse \
        logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        service-role/AmazonAPIGatewayPushToCloudWatchLogs logs:CreateLogGroup logs:CreateLogStream \
        logs:DescribeLogGroups logs:DescribeLogStreams logs:PutLogEvents logs:GetLogEvents logs:FilterLogEvents
        service-role/AmazonSNSRole logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents logs:PutMetricFilter \
        logs:PutRetentionPolicy
        service-role/CloudWatchEventsBuiltInTargetExecutionAccess ec2:Describe* ec2:RebootInstances ec2:StopInstances \
        ec2:TerminateInstances ec2:CreateSnapshot
        service-role/CloudWatchEventsInvocationAccess kinesis:PutRecord
        CloudWatchLambdaInsightsExecutionRolePolicy logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents
        CloudWatchLambdaApplicationSignalsExecutionRolePolicy xray:PutTraceSegments logs:CreateLogGroup \
        logs:CreateLogStream logs:PutLogEvents
        AWSXRayDaemonWriteAccess xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules \
        xray:GetSamplingTargets xray:GetSamplingStatisticSummaries
        AWSXrayFullAccess xray:*
        AWSXrayReadOnlyAccess xray:BatchGet* xray:Get* xray:List*
        AWSXrayWriteOnlyAccess xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules \
        xray:GetSamplingTargets xray:GetSamplingStatisticSummaries
        CloudWatchFullAccess cloudwatch:* logs:* sns:*
        CloudWatchFullAccessV2 cloudwatch:* logs:* sns:* xray:Get*
        CloudWatchReadOnlyAccess cloudwatch:Describe* cloudwatch:Get* cloudwatch:List* logs:Get* logs:List*
        CloudWatchLogsFullAccess logs:* cloudwatch:GenerateQuery
        CloudWatchLogsReadOnlyAccess logs:Describe* logs:Get* logs:List* logs:StartQuery logs:StopQuery \
        logs:TestMetricFilter logs:FilterLogEvents logs:StartLiveTail logs:StopLiveTail cloudwatch:GenerateQuery
        AmazonS3FullAccess s3:* s3-object-lambda:*
        AmazonS3ReadOnlyAccess s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*
        AmazonSQSFullAccess sqs:*
        AmazonSQSReadOnlyAccess sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListDeadLetterSourceQueues sqs:ListQueues \
        sqs:ListMessageMoveTasks sqs:ListQueueTags
        AmazonSNSFullAccess sns:*
        AmazonSNSReadOnlyAccess sns:GetTopicAttributes sns:List* sns:CheckIfPhoneNumberIsOptedOut sns:Get*
        AmazonKinesisFullAccess kinesis:*
        AmazonKinesisReadOnlyAccess kinesis:Get* kinesis:List* kinesis:Describe*
        AmazonEventBridgeFullAccess events:* schemas:* scheduler:* pipes:* iam:PassRole
        AmazonEventBridgeReadOnlyAccess events:Describe* events:List* events:TestEventPattern schemas:Describe* \
        schemas:List* scheduler:Get* scheduler:List*
        AmazonEventBridgeSchedulerFullAccess scheduler:* iam:PassRole
        AmazonEventBridgeSchedulerReadOnlyAccess scheduler:Get* scheduler:List*
        AWSStepFunctionsFullAccess states:*
        AWSStepFunctionsReadOnlyAccess states:Describe* states:Get* states:List* states:ValidateStateMachineDefinition
        AWSStepFunctionsConsoleFullAccess states:* iam:ListRoles iam:PassRole lambda:ListFunctions
        AmazonAPIGatewayAdministrator apigateway:*
        AmazonAPIGatewayInvokeFullAccess execute-api:Invoke execute-api:ManageConnections
        AmazonDynamoDBFullAccess dynamodb:* dax:*
        AmazonDynamoDBReadOnlyAccess dynamodb:BatchGetItem dynamodb:Describe* dynamodb:Get* dynamodb:List* \
        dynamodb:Query dynamodb:Scan
        AmazonSSMFullAccess ssm:* ssmmessages:*
        AmazonSSMReadOnlyAccess ssm:Describe* ssm:Get* ssm:List*
        SecretsManagerReadWrite secretsmanager:* kms:DescribeKey kms:ListAliases kms:ListKeys
        AWSCloudFormationFullAccess cloudformation:*
        AWSCloudFormationReadOnlyAccess cloudformation:Describe* cloudformation:Get* cloudformation:List*
        AmazonRDSDataFullAccess rds-data:* secretsmanager:GetSecretValue
        AmazonBedrockFullAccess bedrock:*
        """
}
